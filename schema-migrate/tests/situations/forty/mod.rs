//! The forty situations by their numbers: for each the one thing that must happen. The files beside
//! this folder look at each of them from more sides.

mod from_01_to_10;
mod from_11_to_20;
mod from_21_to_30;
mod from_31_to_40;

use schema_core::rusqlite::Connection;
use schema_migrate::diff::{Answers, compare};
use schema_migrate::inspect::sqlite;
use schema_migrate::plan::{self, EngineVersion};
use schema_migrate::run::{Report, Silent, Target};
use schema_migrate::{Result, diff_apply};
use tempfile::TempDir;

use crate::harness::schema_of;

/// A filled database on disk, changed by the runner.
struct OnDisk {
    home: TempDir,
    target: Target,
}

impl OnDisk {
    fn new(sql: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let database = home.path().join("app.db");
        Connection::open(&database).unwrap().execute_batch(sql).unwrap();
        let target = Target::new(&database, home.path().join("migrations"));
        Self { target: target.wait(std::time::Duration::from_millis(50)), home }
    }

    fn connection(&self) -> Connection {
        Connection::open(&self.target.database).unwrap()
    }

    /// Plans and runs the way from what is there to the other schema.
    fn apply(&self, to: &str, answers: &Answers) -> Result<Report> {
        let from = sqlite::schema(&self.connection()).unwrap();
        let to = schema_of(to);
        let comparison = compare(&from, &to, &to, answers)?;
        let plan = plan::sqlite(&from, &to, &comparison, answers, EngineVersion::bundled())?;
        diff_apply::apply(&self.target, &from, &plan, &mut Silent)
    }

    /// Everything in it, as statements.
    fn dump(&self) -> Vec<String> {
        let connection = self.connection();
        let names: Vec<(String, String)> = connection
            .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name")
            .unwrap()
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .map(std::result::Result::unwrap)
            .collect();
        let mut lines = Vec::new();
        for (name, sql) in names {
            lines.push(sql);
            let mut statement = connection.prepare(&format!("SELECT * FROM \"{name}\"")).unwrap();
            let width = statement.column_count();
            let mut rows = statement.query([]).unwrap();
            while let Some(row) = rows.next().unwrap() {
                let cells: Vec<String> =
                    (0..width).map(|cell| format!("{:?}", row.get_ref(cell).unwrap())).collect();
                lines.push(cells.join(" "));
            }
        }
        lines
    }
}
