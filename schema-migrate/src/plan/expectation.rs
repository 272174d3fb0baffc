/// What a migration expects of the rows that are there, with the query that finds those that are
/// otherwise. It is asked before the first statement, so it knows the tables as they are then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// What has to hold, in one line: `users.age holds no NULL`.
    pub what: String,
    /// The query, in one line, that gives the rows for which it does not: the columns that tell the
    /// row come first, then the values.
    pub query: String,
    /// What follows from rows that are found.
    pub level: Level,
}

/// What follows from rows that are not as expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The migration would fail: nothing is begun.
    Required,
    /// The migration changes them: they are counted and shown.
    Told,
}

impl Level {
    /// The word that begins the comment in a migration file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Required => "expects",
            Self::Told => "warns",
        }
    }
}

impl Expectation {
    /// The lines of a migration file that say it.
    pub fn text(&self) -> String {
        format!("-- {:<8} {}\n-- finds:   {}\n", format!("{}:", self.level.word()), self.what, self.query)
    }
}
