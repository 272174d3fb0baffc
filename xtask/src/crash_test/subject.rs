//! The application whose migration is interrupted, in two releases.

use std::{ffi::OsString, process::ExitCode};

use schema_cli::Cli;

mod before {
    use schema_core::Table;

    /// Somebody who owns items.
    #[derive(Table, Clone, Debug, PartialEq)]
    pub(super) struct Owner {
        #[column(primary_key)]
        pub(super) id: i64,
        pub(super) name: String,
    }

    /// The table that is rebuilt.
    #[derive(Table, Clone, Debug, PartialEq)]
    pub(super) struct Item {
        #[column(primary_key)]
        pub(super) id: i64,
        #[column(references = Owner, on_delete = cascade, index)]
        pub(super) owner_id: i64,
        pub(super) name: String,
        pub(super) amount: i64,
        pub(super) note: Option<String>,
    }

    /// Rows that a DROP of their parents would take with it.
    #[derive(Table, Clone, Debug, PartialEq)]
    pub(super) struct Entry {
        #[column(primary_key)]
        pub(super) id: i64,
        #[column(references = Item, on_delete = cascade, index)]
        pub(super) item_id: i64,
        pub(super) text: String,
    }

    schema_core::schema! {
        /// What the older release stores.
        pub(super) Subject { Owner, Item, Entry }
    }
}

mod after {
    pub(super) use super::before::Owner;
    use schema_core::Table;

    /// `note` is no longer optional, `amount` is checked and `name` has an index.
    #[derive(Table, Clone, Debug, PartialEq)]
    #[table(index(name, amount desc))]
    pub(super) struct Item {
        #[column(primary_key)]
        pub(super) id: i64,
        #[column(references = Owner, on_delete = cascade, index)]
        pub(super) owner_id: i64,
        pub(super) name: String,
        #[column(check = "amount >= 0")]
        pub(super) amount: i64,
        pub(super) note: String,
    }

    /// As it was.
    #[derive(Table, Clone, Debug, PartialEq)]
    pub(super) struct Entry {
        #[column(primary_key)]
        pub(super) id: i64,
        #[column(references = Item, on_delete = cascade, index)]
        pub(super) item_id: i64,
        pub(super) text: String,
    }

    schema_core::schema! {
        /// What the newer release stores.
        pub(super) Subject { Owner, Item, Entry }
    }
}

/// The word behind `cargo xtask` that runs the newer release's `db-*` commands; with `-before` the older's.
pub(crate) const WORD: &str = "crash-test-subject";

/// The rows of the older release: 20,000 items with an entry each.
pub(super) const ROWS: &str = "
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
    INSERT INTO owners SELECT i, 'owner ' || i FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
    INSERT INTO items SELECT i, i % 100 + 1, 'item ' || i, i * 7, iif(i % 3, 'note of ' || i, NULL) FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
    INSERT INTO entries SELECT i, i, 'entry ' || i FROM n;";

/// Answers the one question of the newer release.
pub(super) const BACKFILL: &str = "items.note='none'";

/// Every row, the same in both releases but for the notes that were not there.
pub(super) const CONTENTS: [&str; 3] = [
    "SELECT rowid, id, name FROM owners ORDER BY id",
    "SELECT rowid, id, owner_id, name, amount, coalesce(note, 'none') FROM items ORDER BY id",
    "SELECT rowid, id, item_id, text FROM entries ORDER BY id",
];

/// Runs the commands of one of the releases.
pub(crate) fn run(is_before: bool, arguments: &[OsString]) -> ExitCode {
    let cli = Cli::new().called_as("db-");
    let cli = if is_before { cli.schema::<before::Subject>() } else { cli.schema::<after::Subject>() };
    cli.run_with(arguments.iter().cloned())
}
