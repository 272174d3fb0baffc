use std::path::PathBuf;

use super::Facts;

/// How models are written.
#[derive(Clone, Debug)]
pub struct PullOptions {
    /// Name of the schema's type: `App`.
    pub schema: String,
    /// Name of the file that declares the schema: `mod.rs`, or `lib.rs` where the folder is a crate's `src`.
    pub root: String,
    /// What the stored values are, where somebody has looked.
    pub facts: Option<Facts>,
    /// Columns declared as DATE, TIME, DATETIME or TIMESTAMP become dates and instants, not text.
    pub times: bool,
}

impl Default for PullOptions {
    fn default() -> Self {
        Self { schema: "App".to_owned(), root: "mod.rs".to_owned(), facts: None, times: false }
    }
}

/// A file of Rust source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Where it belongs, below the folder of the models.
    pub path: PathBuf,
    /// What it holds.
    pub text: String,
    /// The table or view whose model it is; `None` for what holds the modules together.
    pub object: Option<String>,
}

/// Something that no attribute says, and that is kept as SQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fallback {
    /// The table, index or view.
    pub object: String,
    /// What it is written as: `definition`, `index(sql)`, `sql`.
    pub written_as: &'static str,
    /// What no attribute says.
    pub why: String,
}

/// Models of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pulled {
    /// The files; the one that declares the schema comes first.
    pub files: Vec<SourceFile>,
    /// What is kept as SQL.
    pub fallbacks: Vec<Fallback>,
    /// What a person should know: columns whose values do not fit their declared type.
    pub notes: Vec<String>,
    /// What these models would still change in the database: nothing, unless something in it cannot be
    /// said at all.
    pub different: Vec<String>,
    /// Number of tables, each with a struct.
    pub tables: usize,
    /// Number of views with a struct.
    pub views: usize,
    /// Names of the schema's words for crates that the models need: `time`.
    pub crates: Vec<&'static str>,
}
