use std::{fmt, sync::Arc, time::Duration};

use crate::engine::sqlite::{CancelHandle, Limits};

/// What every statement of a handle is run with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Context {
    /// Signs the cursors of pages.
    pub(crate) cursor_key: Option<CursorKey>,
    /// How long a call may take.
    pub(super) timeout: Option<Duration>,
    /// Ends calls from elsewhere.
    pub(super) cancel: Option<CancelHandle>,
}

impl Context {
    /// The limits of a call that begins now, where there are any.
    #[inline]
    pub(super) fn limits(&self) -> Option<Limits> {
        if self.timeout.is_none() && self.cancel.is_none() {
            return None;
        }
        Some(Limits::new(self.timeout, self.cancel.clone()))
    }
}

/// A secret, which no output shows.
#[derive(Clone)]
pub(crate) struct CursorKey(Arc<[u8]>);

impl CursorKey {
    pub(super) fn new(secret: &[u8]) -> Self {
        Self(secret.into())
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
