use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use schema_core::model::{
    ColumnDef, ForeignKeyDef, IndexDef, IndexPart, KeyColumn, PrimaryKeyDef, SchemaDef, TableDef,
};
use schema_core::rusqlite::Connection;
use schema_migrate::diff::{Answers, compare};
use schema_migrate::inspect::{materialise, sqlite};
use schema_migrate::plan::{self, EngineVersion};

use crate::Result;

const TABLES: [usize; 3] = [100, 1_000, 5_000];
const COLUMNS: usize = 20;
const TURNS: usize = 3;
/// Each so many-th table differs from its model.
const CHANGED: usize = 100;

/// Inspection and comparison of more and more tables.
pub(crate) fn measure() -> Result<()> {
    let folder = tempfile::tempdir()?;
    println!();
    println!("{COLUMNS} columns and 3 indexes a table; the best of {TURNS} turns, in milliseconds");
    println!(
        "{:>8} {:>10} {:>10} {:>10} {:>10} {:>10} {:>14}",
        "tables", "inspect", "models", "compare", "plan", "rename", "us a table"
    );
    for tables in TABLES {
        let path = folder.path().join(format!("{tables}.db"));
        write_database(&path, tables)?;
        let best = (0..TURNS).map(|_| turn(&path, tables)).collect::<Result<Vec<_>>>()?;
        let best = best.into_iter().min_by_key(Turn::difference).ok_or("no turn was measured")?;
        println!(
            "{tables:>8} {:>10.1} {:>10.1} {:>10.1} {:>10.1} {:>10.1} {:>14.1}",
            milliseconds(best.inspect),
            milliseconds(best.models),
            milliseconds(best.compare),
            milliseconds(best.plan),
            milliseconds(best.rename),
            best.difference().as_secs_f64() * 1e6 / tables as f64
        );
    }
    println!(
        "us a table is inspect + models + compare; the plan changes every {CHANGED}th table; rename compares \
         once more, with one table renamed"
    );
    Ok(())
}

#[derive(Clone, Copy)]
struct Turn {
    inspect: Duration,
    models: Duration,
    compare: Duration,
    plan: Duration,
    rename: Duration,
}

impl Turn {
    /// What it takes to know the difference.
    fn difference(&self) -> Duration {
        self.inspect + self.models + self.compare
    }
}

fn turn(path: &Path, tables: usize) -> Result<Turn> {
    let declared = declared(tables, true, false);
    let begun = Instant::now();
    let live = sqlite::schema(&Connection::open(path)?)?;
    let inspect = begun.elapsed();
    let begun = Instant::now();
    let models = materialise(&declared)?;
    let materialised = begun.elapsed();
    let answers = Answers { no_renames: true, allow_every_loss: true, ..Answers::default() };
    let begun = Instant::now();
    let comparison = compare(&live, &models, &declared, &answers)?;
    let compared = begun.elapsed();
    if comparison.changes.len() != tables / CHANGED {
        return Err(
            format!("{} changes where {} were made", comparison.changes.len(), tables / CHANGED).into()
        );
    }
    let begun = Instant::now();
    let plan = plan::sqlite(&live, &models, &comparison, &answers, EngineVersion::bundled())?;
    let planned = begun.elapsed();
    if plan.up.is_empty() {
        return Err("the plan has no step".into());
    }
    let renamed = materialise(&self::declared(tables, false, true))?;
    let mut answers = Answers::default();
    answers.rename("table_7:renamed_7")?;
    let begun = Instant::now();
    let comparison = compare(&live, &renamed, &renamed, &answers)?;
    let rename = begun.elapsed();
    if comparison.changes.len() != 1 {
        return Err(format!("{} changes where one table was renamed", comparison.changes.len()).into());
    }
    Ok(Turn { inspect, models: materialised, compare: compared, plan: planned, rename })
}

/// The models: each table points at the one of half its number.
fn declared(tables: usize, changed: bool, renamed: bool) -> SchemaDef {
    let name = |number: usize| match renamed && number == 7 {
        true => "renamed_7".to_owned(),
        false => format!("table_{number}"),
    };
    let tables = (0..tables).map(|number| {
        let mut columns: Vec<ColumnDef> = (0..COLUMNS)
            .map(|column| ColumnDef {
                name: format!("column_{column}").into(),
                sql_type: if column % 2 == 0 { "INTEGER".into() } else { "TEXT".into() },
                nullable: column % 3 == 0 && column > 0,
                ..ColumnDef::EMPTY
            })
            .collect();
        if changed && number % CHANGED == 0 {
            columns.push(ColumnDef { name: "added".into(), sql_type: "TEXT".into(), ..ColumnDef::EMPTY });
        }
        let index = |which: usize| IndexDef {
            name: format!("index_{number}_{which}").into(),
            parts: vec![part(which), part(which + 4)].into(),
            unique: which == 3,
            filter: None,
            sql: None,
        };
        Cow::Owned(TableDef {
            name: name(number).into(),
            columns: columns.into(),
            primary_key: Some(PrimaryKeyDef {
                name: None,
                columns: vec![KeyColumn::new("column_0")].into(),
                autoincrement: false,
                conflict: None,
                rowid_alias: false,
            }),
            foreign_keys: vec![ForeignKeyDef {
                name: None,
                columns: vec!["column_2".into()].into(),
                table: name(number / 2).into(),
                references: vec!["column_0".into()].into(),
                on_delete: schema_core::model::ForeignKeyAction::Cascade,
                on_update: schema_core::model::ForeignKeyAction::NoAction,
                deferrable: schema_core::model::Deferrable::Not,
            }]
            .into(),
            indexes: [1, 2, 3].map(index).to_vec().into(),
            ..TableDef::EMPTY
        })
    });
    SchemaDef { name: "bench".into(), tables: tables.collect::<Vec<_>>().into(), ..SchemaDef::EMPTY }
}

fn part(column: usize) -> IndexPart {
    let target = schema_core::model::IndexTarget::Column(format!("column_{column}").into());
    IndexPart { target, collation: None, descending: false }
}

fn write_database(path: &Path, tables: usize) -> Result<()> {
    let mut script = String::from("PRAGMA synchronous=OFF; BEGIN;");
    for table in declared(tables, false, false).tables.iter() {
        for statement in schema_core::dialect::sqlite::create_statements(table) {
            writeln!(script, "{statement};")?;
        }
    }
    script.push_str("COMMIT;");
    Connection::open(path)?.execute_batch(&script)?;
    Ok(())
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
