//! What crosses crates: compile-fail cases, end-to-end runs, crash and fault tests.
