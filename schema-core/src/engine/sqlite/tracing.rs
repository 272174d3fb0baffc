//! Spans and events of the feature `tracing`. Without it nothing here does anything.

#[cfg(feature = "tracing")]
use std::time::{Duration, Instant};

#[cfg(feature = "tracing")]
use ::tracing::field::Empty;

#[cfg(feature = "tracing")]
use super::raw;

/// What is told of the statements of a connection.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tracing {
    /// From this duration on, a statement is warned of.
    #[cfg(feature = "tracing")]
    pub(crate) slow: Option<Duration>,
}

/// A statement that runs, and of which somebody wants to hear.
#[cfg(feature = "tracing")]
pub(super) struct Run {
    started: Instant,
    changes: u64,
    /// Entered until the statement has been told: what its rows' closure does stands in it.
    span: ::tracing::span::EnteredSpan,
}
#[cfg(not(feature = "tracing"))]
pub(super) enum Run {}

/// What filters know the events by.
#[cfg(feature = "tracing")]
const TARGET: &str = "schema_core::sql";

#[cfg(feature = "tracing")]
impl Tracing {
    #[inline]
    pub(super) fn begin<'s>(
        self,
        connection: &rusqlite::Connection,
        sql: impl FnOnce() -> &'s str,
    ) -> Option<Run> {
        (self.slow.is_some() || ::tracing::enabled!(target: TARGET, ::tracing::Level::DEBUG)).then(|| {
            let span = ::tracing::debug_span!(target: TARGET, "statement", sql = sql(), rows = Empty, changed = Empty, failed = Empty);
            Run { started: Instant::now(), changes: raw::total_changes(connection), span: span.entered() }
        })
    }
}

#[cfg(not(feature = "tracing"))]
impl Tracing {
    #[inline]
    #[allow(clippy::unused_self, reason = "as with the feature")]
    pub(super) fn begin<'s>(
        self,
        _connection: &rusqlite::Connection,
        _sql: impl FnOnce() -> &'s str,
    ) -> Option<Run> {
        None
    }
}

#[cfg(feature = "tracing")]
impl Run {
    /// Tells of the statement. Not of its error, whose message could hold values.
    #[cold]
    pub(super) fn end(
        self,
        tracing: Tracing,
        connection: &rusqlite::Connection,
        sql: &str,
        rows: u64,
        failed: bool,
    ) {
        let elapsed = self.started.elapsed();
        let elapsed_us = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
        let changed = raw::total_changes(connection).saturating_sub(self.changes);
        self.span.record("rows", rows).record("changed", changed).record("failed", failed);
        if tracing.slow.is_some_and(|slow| elapsed >= slow) {
            ::tracing::warn!(target: TARGET, sql, elapsed_us, rows, changed, failed, "slow statement");
        } else {
            ::tracing::debug!(target: TARGET, sql, elapsed_us, rows, changed, failed, "statement");
        }
    }
}

#[cfg(not(feature = "tracing"))]
impl Run {
    #[allow(clippy::unused_self, reason = "as with the feature")]
    pub(super) fn end(
        self,
        _tracing: Tracing,
        _connection: &rusqlite::Connection,
        _sql: &str,
        _rows: u64,
        _failed: bool,
    ) {
        match self {}
    }
}
