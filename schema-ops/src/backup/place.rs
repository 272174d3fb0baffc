use std::path::{Path, PathBuf};

/// Folders of backups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// Where backups are made.
    pub primary: PathBuf,
    /// Where a second copy of each goes: another disk, a mounted share.
    pub secondary: Option<PathBuf>,
    /// Where copies are kept that no rule removes.
    pub archive: Option<PathBuf>,
    /// Where the copy goes that a restore takes first; among the others where there is none.
    pub before_restore: Option<PathBuf>,
}

impl Places {
    /// One folder for everything.
    pub fn new(primary: impl Into<PathBuf>) -> Self {
        Self { primary: primary.into(), secondary: None, archive: None, before_restore: None }
    }

    /// The folder `backups` beside a database, which is meant where nobody names one.
    pub fn beside(database: &Path) -> Self {
        Self::new(database.with_file_name("backups"))
    }

    /// The folder for the copy that a restore takes first.
    pub fn before_restore(&self) -> &Path {
        self.before_restore.as_deref().unwrap_or(&self.primary)
    }

    /// The folders in which backups are looked for, each once: the primary first.
    pub fn folders(&self) -> Vec<(&'static str, &Path)> {
        let mut folders = vec![("primary", self.primary.as_path())];
        let others = [
            ("secondary", &self.secondary),
            ("archive", &self.archive),
            ("before_restore", &self.before_restore),
        ];
        for (name, folder) in others {
            if let Some(folder) =
                folder.as_deref().filter(|folder| folders.iter().all(|known| known.1 != *folder))
            {
                folders.push((name, folder));
            }
        }
        folders
    }
}
