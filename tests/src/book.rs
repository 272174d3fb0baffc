//! The Rust of the guide (`docs/`): each page is the documentation of a module here, so that its blocks are compiled
//! and run as doc tests. They share the models of `library`, by a hidden first line, and the filled database [`db`].

mod library;
pub mod tiny;

pub use library::*;
pub use schema_core::{Db, Error, Result, Row, Table, value::Value};
pub use time::{Date, OffsetDateTime};

macro_rules! pages {
    ($($page:ident = $file:literal;)*) => { $(
        #[allow(clippy::needless_doctest_main, reason = "a build script is a `main`")]
        #[doc = include_str!(concat!("../../docs/", $file))]
        mod $page {}
    )* };
}

pages! {
    introduction = "README.md";
    models = "models.md";
    database = "database.md";
    queries = "queries.md";
    groups = "groups.md";
    subqueries = "subqueries.md";
    relations = "relations.md";
    pages_of_rows = "pages.md";
    json_and_dates = "json-and-dates.md";
    full_text = "full-text.md";
    dynamic = "dynamic.md";
    plans = "plans.md";
    repositories = "repositories.md";
    startup = "startup.md";
    commands = "commands.md";
    migrations = "migrations.md";
    graph = "graph.md";
    lint = "lint.md";
    backups = "backups.md";
    adoption = "adoption.md";
    coming_from_diesel = "coming-from-diesel.md";
    coming_from_seaorm = "coming-from-seaorm.md";
    coming_from_sqlx = "coming-from-sqlx.md";
    coming_from_drizzle = "coming-from-drizzle.md";
    coming_from_sqlalchemy = "coming-from-sqlalchemy.md";
    testing = "testing.md";
    compare_errors = "compare-errors.md";
    benchmarks = "benchmarks.md";
    unsafe_code = "unsafe.md";
}

/// A folder of this test alone with the filled database in `data/library.db`, where the process is then at work.
///
/// # Panics
///
/// Where it cannot be made.
pub fn workplace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    std::env::set_current_dir(&folder).expect("the folder is there");
    std::fs::create_dir_all("data/backups").expect("the folder can be written");
    db().copy_to("data/library.db", |_| ()).expect("the database can be copied");
    folder
}
