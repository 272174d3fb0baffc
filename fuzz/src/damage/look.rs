use std::path::Path;
use std::time::Duration;

use schema_core::model::{Engine, SchemaDef};
use schema_migrate::diff::{Answers, compare};
use schema_migrate::inspect::{replay, scratch, sqlite};
use schema_migrate::plan::{self, EngineVersion};
use schema_migrate::run;
use schema_migrate::sql;

/// What was made of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    /// It was read, compared and planned for.
    Read,
    /// It was read, and a plan was refused with this error.
    Unplanned(String),
    /// It was refused, with this error.
    Refused(String),
    /// It was read, and differs from itself.
    Different(String),
}

/// Goes the whole path: inspect, compare with itself and with a sane schema, plan both ways. Every
/// error is as good as a success; what may not come back is a panic, or nothing at all.
pub fn look(path: &Path) -> Sight {
    let read = run::open_read_only(path, Duration::from_millis(10))
        .and_then(|connection| sqlite::schema(&connection));
    let schema = match read {
        Ok(schema) => schema,
        Err(error) => return Sight::Refused(error.to_string()),
    };
    texts(&schema);
    let answers = Answers { no_renames: true, allow_every_loss: true, ..Answers::default() };
    match compare(&schema, &schema, &schema, &Answers::default()) {
        Ok(own) if !own.is_empty() => return Sight::Different(format!("{:?}", own.changes)),
        Ok(_) => {}
        Err(error) => return Sight::Refused(error.to_string()),
    }
    drop(replay(&schema));
    let sane = match sane() {
        Ok(sane) => sane,
        Err(error) => return Sight::Refused(error.to_string()),
    };
    let target = EngineVersion::new(3, 40);
    for (from, to) in [(&schema, &sane), (&sane, &schema)] {
        let planned = compare(from, to, to, &answers)
            .and_then(|comparison| plan::sqlite(from, to, &comparison, &answers, target));
        if let Err(error) = planned {
            return Sight::Unplanned(error.to_string());
        }
    }
    Sight::Read
}

/// Everything that works on text alone.
fn texts(schema: &SchemaDef) {
    let tables = schema.tables.iter().filter_map(|table| table.sql.as_deref());
    let views = schema.views.iter().filter_map(|view| view.sql.on(Engine::Sqlite));
    for text in tables.chain(views) {
        drop(sql::statements(text));
        drop(sql::fold(text, sql::Fold::default()));
        drop(sql::strip_qualifier(text, "t"));
    }
}

/// Some of the names of the damaged ones, as a person would have them.
fn sane() -> schema_migrate::Result<SchemaDef> {
    let connection = scratch()?;
    connection.execute_batch(
        "CREATE TABLE t(c INTEGER PRIMARY KEY, a INT NOT NULL DEFAULT 0, b TEXT, extra TEXT UNIQUE);
         CREATE TABLE p(a INT PRIMARY KEY, b INT) WITHOUT ROWID;
         CREATE TABLE f(a REFERENCES p, z TEXT);
         CREATE TABLE alpha(id INTEGER PRIMARY KEY, title TEXT);
         CREATE INDEX i ON t(b); CREATE VIEW v AS SELECT a FROM t;
         CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END;",
    )?;
    sqlite::schema(&connection)
}
