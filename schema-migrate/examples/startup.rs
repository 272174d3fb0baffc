//! An application that migrates when it starts: `startup DATABASE`. It waits for a line on standard
//! input, so that many of them can be let go at the same moment, and says what it did.

use std::{borrow::Cow, env, io, process::ExitCode};

use schema_core::{
    Db, Schema,
    model::{ColumnDef, PrimaryKeyDef, SchemaDef, TableDef},
};
use schema_migrate::{Embedded, Migrator, files::EmbeddedFile};

#[derive(Debug)]
struct App;

/// One of the tables; the migrations make three, and this program uses none of them through models.
const NOTES: TableDef = TableDef {
    name: Cow::Borrowed("notes"),
    model: Cow::Borrowed("Note"),
    columns: Cow::Borrowed(&[ColumnDef {
        name: Cow::Borrowed("id"),
        field: Cow::Borrowed("id"),
        sql_type: Cow::Borrowed("INTEGER"),
        ..ColumnDef::EMPTY
    }]),
    primary_key: Some(PrimaryKeyDef {
        name: None,
        columns: Cow::Borrowed(&[schema_core::model::KeyColumn::new("id")]),
        autoincrement: false,
        conflict: None,
        rowid_alias: true,
    }),
    ..TableDef::EMPTY
};

impl Schema for App {
    const DEF: &'static SchemaDef = &SchemaDef {
        name: Cow::Borrowed("App"),
        tables: {
            const TABLES: &[Cow<'static, TableDef>] = &[Cow::Borrowed(&NOTES)];
            Cow::Borrowed(TABLES)
        },
        ..SchemaDef::EMPTY
    };
}

// An application has them in a folder: `schema_migrate::embed_migrations! { App, "migrations" }`.
impl Embedded for App {
    const FILES: &'static [EmbeddedFile] = &[
        EmbeddedFile {
            path: "migrations/20260101000000_notes.sql",
            text: "-- revision: 20260101000000_notes\n-- migrate:up\n\
                   CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL);\n\
                   CREATE TABLE runs (revision TEXT NOT NULL);\n\
                   INSERT INTO notes (text) VALUES ('first'), ('second');\n\
                   INSERT INTO runs VALUES ('notes');\n\
                   -- migrate:down\nDROP TABLE runs;\nDROP TABLE notes;\n",
        },
        EmbeddedFile {
            path: "migrations/20260102000000_total.sql",
            text: "-- revision: 20260102000000_total\n-- parents: 20260101000000_notes\n-- migrate:up\n\
                   CREATE TABLE total (amount INTEGER NOT NULL);\n\
                   INSERT INTO total SELECT count(*) FROM notes;\n\
                   INSERT INTO runs VALUES ('total');\n\
                   -- migrate:down\nDROP TABLE total;\n",
        },
        EmbeddedFile {
            path: "migrations/20260103000000_more.sql",
            text: "-- revision: 20260103000000_more\n-- parents: 20260102000000_total\n-- migrate:up\n\
                   ALTER TABLE notes ADD COLUMN done INTEGER NOT NULL DEFAULT 0;\n\
                   INSERT INTO notes (text, done) SELECT text || ' again', 1 FROM notes;\n\
                   UPDATE total SET amount = amount + (SELECT count(*) FROM notes);\n\
                   INSERT INTO runs VALUES ('more');\n\
                   -- migrate:down\nALTER TABLE notes DROP COLUMN done;\n",
        },
    ];
}

fn main() -> ExitCode {
    let Some(database) = env::args().nth(1) else {
        eprintln!("startup DATABASE");
        return ExitCode::from(2);
    };
    let mut line = String::new();
    if let Err(error) = io::stdin().read_line(&mut line) {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    match start(&database) {
        Ok((applied, notes)) => {
            println!("{applied} {notes}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Migrates, then works: how many revisions were applied here, and how many notes there are.
fn start(database: &str) -> Result<(usize, i64), Box<dyn std::error::Error>> {
    let db = Db::<App>::open(database)?;
    let report = Migrator::<App>::embedded().run(&db)?;
    let notes =
        db.sqlite_raw(|connection| connection.query_row("SELECT count(*) FROM notes", [], |row| row.get(0)))?;
    db.close()?;
    Ok((report.revisions.len(), notes))
}
