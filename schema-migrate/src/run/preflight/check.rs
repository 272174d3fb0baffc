use std::fmt;

/// One thing that was looked at before the work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Which one.
    pub name: CheckName,
    /// How it ended.
    pub outcome: CheckOutcome,
    /// What was found, in a few words: "integrity ok".
    pub detail: String,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckOutcome {
    /// All is well.
    Passed,
    /// A person should know, and nothing stops.
    Warned,
    /// The work would fail, or do harm.
    Failed,
    /// It was not looked at: somebody said so, or something before it failed.
    Skipped,
}

impl CheckOutcome {
    /// `passed`, `warned`, `failed` or `skipped`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Warned => "warned",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// The checks before the work, in the order in which they are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckName {
    /// The folder of the database can be written.
    Folder,
    /// The database, and the files that SQLite keeps beside it, can be written.
    File,
    /// A database that is not there has no backups.
    Backups,
    /// The program runs as the user who owns the database.
    Owner,
    /// Nobody else is migrating the database.
    Lock,
    /// Every migration file is whole, has its parents, and runs on what those before it build.
    Files,
    /// What was applied is what the files say, and the program is not older than the database.
    History,
    /// Rows, statistics and copies have room on the disk.
    Space,
    /// SQLite finds no fault in the file.
    Integrity,
    /// Rows have their parents.
    ForeignKeys,
    /// This SQLite is new enough for the statements.
    Engine,
    /// No statement needs what only the application has.
    Functions,
    /// Views and triggers work, and will.
    Views,
    /// Tables that are replaced are what the migrations recorded.
    Tables,
    /// The rows are as the first migration expects.
    Rows,
}

impl CheckName {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Folder,
        Self::File,
        Self::Backups,
        Self::Owner,
        Self::Space,
        Self::Lock,
        Self::Files,
        Self::History,
        Self::Engine,
        Self::Integrity,
        Self::ForeignKeys,
        Self::Functions,
        Self::Views,
        Self::Tables,
        Self::Rows,
    ];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Folder => "folder",
            Self::File => "file",
            Self::Backups => "backups",
            Self::Owner => "owner",
            Self::Lock => "lock",
            Self::Files => "files",
            Self::History => "history",
            Self::Space => "space",
            Self::Integrity => "integrity",
            Self::ForeignKeys => "foreign-keys",
            Self::Engine => "engine",
            Self::Functions => "functions",
            Self::Views => "views",
            Self::Tables => "tables",
            Self::Rows => "rows",
        }
    }

    /// Whether a person may go on without it: it foretells a failure that rolls back. What keeps data
    /// from harm is never passed over.
    pub fn can_be_skipped(self) -> bool {
        matches!(
            self,
            Self::Folder
                | Self::File
                | Self::Owner
                | Self::Space
                | Self::ForeignKeys
                | Self::Functions
                | Self::Views
        )
    }
}

impl fmt::Display for CheckName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}
