//! A reading tracker.
