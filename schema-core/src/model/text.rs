use std::borrow::Cow;

/// Text that is either part of the program or was read from a database.
pub type Text = Cow<'static, str>;

/// A list that is either part of the program or was read from a database.
pub type List<T> = Cow<'static, [T]>;

/// `const` text.
pub const fn text(text: &'static str) -> Text {
    Cow::Borrowed(text)
}

/// A `const` list.
pub const fn list<T: Clone>(items: &'static [T]) -> List<T> {
    Cow::Borrowed(items)
}

/// A database engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Engine {
    /// SQLite, embedded.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// SQL written by a person: one text for every engine, or one for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SqlText {
    /// The same text on every engine.
    Any(Text),
    /// A text an engine; `None` where the object does not exist on that engine.
    PerEngine {
        /// Text for SQLite.
        sqlite: Option<Text>,
        /// Text for PostgreSQL.
        postgres: Option<Text>,
    },
}

impl SqlText {
    /// `const` text for every engine.
    pub const fn any(text: &'static str) -> Self {
        Self::Any(Cow::Borrowed(text))
    }

    /// Text read from a database.
    pub fn owned(text: impl Into<String>) -> Self {
        Self::Any(Cow::Owned(text.into()))
    }

    /// The text for one engine, if the object exists there.
    pub fn on(&self, engine: Engine) -> Option<&str> {
        match (self, engine) {
            (Self::Any(text), _) => Some(text),
            (Self::PerEngine { sqlite, .. }, Engine::Sqlite) => sqlite.as_deref(),
            (Self::PerEngine { postgres, .. }, Engine::Postgres) => postgres.as_deref(),
        }
    }
}
