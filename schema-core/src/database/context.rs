use std::fmt;

/// What every statement of a handle is run with.
#[derive(Debug, Default)]
pub(crate) struct Context {
    /// Signs the cursors of pages.
    pub(crate) cursor_key: Option<CursorKey>,
}

/// A secret, which no output shows.
pub(crate) struct CursorKey(Vec<u8>);

impl CursorKey {
    pub(super) fn new(secret: &[u8]) -> Self {
        Self(secret.to_vec())
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CursorKey(..)")
    }
}
