use std::{fmt::Write as _, path::Path};

use schema_core::rusqlite::{Connection, functions::FunctionFlags};

/// A database of another program, with rows.
#[derive(Debug)]
pub(crate) struct Database {
    /// Its file, its module and its schema in `schema.toml`.
    pub(crate) name: &'static str,
    /// Its schema's type.
    pub(crate) schema: &'static str,
    /// The file of a model, and how the next release of the application changes it.
    pub(crate) change: (&'static str, Change),
    /// What is asked of `db-pull` beside.
    pub(crate) flags: &'static [&'static str],
}

/// A change of a model.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Change {
    /// One more column.
    Column,
    /// An index on this column: the table has as many columns as SQLite allows.
    Index(&'static str),
}

pub(crate) const ALL: &[Database] = &[
    Database { name: "calibre", schema: "Calibre", change: ("tag", Change::Column), flags: &[] },
    Database {
        name: "places",
        schema: "Places",
        change: ("moz_origin", Change::Column),
        flags: &["--sample"],
    },
    Database {
        name: "django",
        schema: "Django",
        change: ("auth_user", Change::Column),
        flags: &["--sample"],
    },
    Database { name: "rails", schema: "Rails", change: ("post", Change::Column), flags: &[] },
    Database { name: "drizzle", schema: "Drizzle", change: ("habit", Change::Column), flags: &[] },
    Database {
        name: "odd",
        schema: "Odd",
        change: ("order", Change::Column),
        flags: &["--sample", "--times"],
    },
    Database { name: "wide", schema: "Wide", change: ("wide_row", Change::Index("c0001")), flags: &[] },
    Database { name: "many", schema: "Many", change: ("part_001/table0007", Change::Column), flags: &[] },
];

/// Builds a database as its program would, with the functions that only the program has.
pub(crate) fn build(name: &str, path: &Path) {
    let script = match name {
        "calibre" => include_str!("databases/calibre.sql").to_owned(),
        "places" => include_str!("databases/places.sql").to_owned(),
        "django" => include_str!("databases/django.sql").to_owned(),
        "rails" => include_str!("databases/rails.sql").to_owned(),
        "drizzle" => include_str!("databases/drizzle.sql").to_owned(),
        "odd" => include_str!("databases/odd.sql").to_owned(),
        "wide" => wide(),
        "many" => many(302),
        other => panic!("there is no database {other}"),
    };
    run(&script, path);
}

pub(crate) fn run(script: &str, path: &Path) {
    let connection = Connection::open(path).unwrap();
    let same = |context: &schema_core::rusqlite::functions::Context<'_>| context.get::<String>(0);
    let deterministic = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("title_sort", 1, deterministic, same).unwrap();
    connection.create_collation("PYNOCASE", |left: &str, right: &str| left.cmp(right)).unwrap();
    // The programs that these come from enforce none, and one script breaks some.
    connection.execute_batch(&format!("PRAGMA foreign_keys = OFF;\nBEGIN;\n{script}\nCOMMIT;")).unwrap();
}

/// A table of 2,000 columns, the most that SQLite allows.
fn wide() -> String {
    const TYPES: [&str; 8] = [
        "INTEGER",
        "TEXT NOT NULL DEFAULT ''",
        "REAL",
        "BLOB",
        "DATETIME",
        "VARCHAR(20) DEFAULT 'x'",
        "BOOLEAN NOT NULL DEFAULT 0",
        "DECIMAL(10,2)",
    ];
    let mut script = String::from("CREATE TABLE wide (id INTEGER PRIMARY KEY");
    for number in 1..2_000 {
        write!(script, ", c{number:04} {}", TYPES[number % TYPES.len()]).unwrap();
    }
    script + ");\nINSERT INTO wide (id, c0001, c1999) VALUES (1, 'a', 1.5), (2, 'b', NULL);"
}

/// Tables that each reference the one before.
pub(crate) fn many(count: usize) -> String {
    let mut script = String::new();
    for number in 0..count {
        let parent = match number.checked_sub(1) {
            Some(before) => format!(", parent_id INTEGER REFERENCES table_{before:04}(id)"),
            None => String::new(),
        };
        writeln!(
            script,
            "CREATE TABLE table_{number:04} (id INTEGER PRIMARY KEY, name TEXT NOT NULL, note VARCHAR(50){parent});\n\
             INSERT INTO table_{number:04} (name) VALUES ('row {number}');"
        )
        .unwrap();
    }
    script
}
