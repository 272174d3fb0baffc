use std::{env, process::ExitCode};

use schema_core::{Db, Table};
use schema_migrate::Migrator;

use super::tome::{first, second};

/// What the reading tracker does when its container starts: `start` migrates, `open` is a program that
/// has forgotten to. The migrations lie beside it.
pub(crate) fn run(way: &str) -> ExitCode {
    let later = env::var("APP_RELEASE").as_deref() == Ok("2");
    let outcome = match (way, later) {
        ("start", false) => start_first(),
        ("start", true) => start_second(),
        ("open", _) => open(),
        _ => {
            println!("applications start | open | db status");
            return ExitCode::SUCCESS;
        }
    };
    match outcome {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

type Outcome = Result<String, Box<dyn std::error::Error>>;

macro_rules! start {
    ($name:ident, $release:ident) => {
        fn $name() -> Outcome {
            let db = Db::<$release::Tome>::open("sqlite:data/app.db")?;
            let report = Migrator::<$release::Tome>::new("migrations").run(&db)?;
            let books = <$release::Book as Table>::query().count(&db)?;
            let version = schema_migrate::current(&db)?.map(|row| row.revision).unwrap_or_default();
            Ok(format!("{} applied, {books} books, at {version}", report.revisions.len()))
        }
    };
}
start!(start_first, first);
start!(start_second, second);

fn open() -> Outcome {
    let db = Db::<second::Tome>::open("sqlite:data/app.db")?;
    let books = second::Book::query().order_by(|b| b.display_title.asc()).all(&db)?;
    Ok(format!("{} books", books.len()))
}
