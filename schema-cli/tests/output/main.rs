//! What each command says, as it was read and found good: real binaries over real, filled databases.
//!
//! `commands/<command>.md` holds the cases of a command. `OUTPUT=overwrite cargo test -p schema-cli --test
//! output` writes what is said now, to be read as a difference before it is taken. A case is a block:
//!
//! ~~~text
//! ## What it shows, as a sentence
//!
//! ```console filled
//! $ sql app.db DELETE FROM orders
//! $ embedded db migrate
//! Done       nothing is pending
//! ! warning: what stands on stderr has a mark
//! ? 3
//! ```
//! ~~~
//!
//! The block begins in the project that its first line names, `filled`, `pending` or `empty` (see
//! `project.rs`). A line with `$` goes to `sh`, `>` continues it; `sql FILE STATEMENTS` runs statements.
//! `? 3` is an exit code that is not 0. One object of JSON is laid out, and what differs from run to run is
//! replaced (see `normal.rs`).
#![cfg(unix)]

mod case;
mod normal;
mod project;

/// A test for each command's file.
macro_rules! outputs {
    ($($test:ident: $file:literal),* $(,)?) => {
        $(#[test]
        fn $test() {
            case::check(concat!($file, ".md"));
        })*

        #[test]
        fn every_file_of_cases_is_a_test() {
            let mut known = vec![$(concat!($file, ".md").to_owned()),*];
            known.sort();
            assert_eq!(known, case::files());
        }
    };
}

outputs! {
    advise: "advise",
    backup: "backup",
    check: "check",
    clean: "clean",
    clear: "clear",
    diff: "diff",
    generate: "generate",
    heads: "heads",
    health: "health",
    history: "history",
    init: "init",
    list_backups: "list-backups",
    merge: "merge",
    migrate: "migrate",
    pull: "pull",
    push: "push",
    reset: "reset",
    restore: "restore",
    rollback: "rollback",
    seed: "seed",
    squash: "squash",
    stamp: "stamp",
    status: "status",
    test_migrations: "test-migrations",
    unlock: "unlock",
    usage: "usage",
    verify_backup: "verify-backup",
}
