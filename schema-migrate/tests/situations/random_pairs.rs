//! Random pairs of schemas with rows in them: whatever the two are, the walk from one to the other
//! keeps every surviving cell, ends in the new schema and leads back.

use std::fmt::Write as _;

use proptest::prelude::*;
use schema_migrate::diff::Answers;

use crate::harness::{Pair, TARGETS};

/// Rows a table.
const ROWS: usize = 4;

/// What a column can be. The values of the rows fit every form, so that no pair fails for its data.
#[derive(Clone, Copy, Debug)]
struct Column {
    not_null: bool,
    default: bool,
    unique: u8,
    check: u8,
    collate: bool,
    reference: u8,
    shape: u8,
}

fn column() -> impl Strategy<Value = Option<Column>> {
    let parts = (any::<bool>(), any::<bool>(), 0..5_u8, 0..5_u8, any::<bool>(), 0..6_u8, 0..3_u8);
    let column = parts.prop_map(|(not_null, default, unique, check, collate, reference, shape)| Column {
        not_null,
        default,
        unique,
        check,
        collate,
        reference,
        shape,
    });
    prop_oneof![1 => Just(None), 3 => column.prop_map(Some)]
}

#[derive(Clone, Debug)]
struct Table {
    columns: Vec<Option<Column>>,
    key: u8,
    strict: bool,
    trigger: u8,
    index: u8,
    generated: u8,
    reversed: bool,
}

fn table() -> impl Strategy<Value = Table> {
    let parts = (
        prop::collection::vec(column(), 4),
        0..5_u8,
        any::<bool>(),
        0..4_u8,
        0..5_u8,
        0..4_u8,
        any::<bool>(),
    );
    parts.prop_map(|(columns, key, strict, trigger, index, generated, reversed)| Table {
        columns,
        key,
        strict,
        trigger,
        index,
        generated,
        reversed,
    })
}

/// Three tables; the first is always there, so that others can point at it.
fn schema() -> impl Strategy<Value = Vec<Option<Table>>> {
    let maybe = || prop_oneof![1 => Just(None), 4 => table().prop_map(Some)];
    (table(), maybe(), maybe()).prop_map(|(first, second, third)| vec![Some(first), second, third])
}

fn is_text(position: usize) -> bool {
    position % 2 == 1
}

fn write_schema(schema: &[Option<Table>]) -> String {
    let mut sql = String::new();
    for (number, table) in schema.iter().enumerate() {
        if let Some(table) = table {
            write_table(&mut sql, number, table);
        }
    }
    sql
}

fn write_table(sql: &mut String, number: usize, table: &Table) {
    let name = format!("t{number}");
    let is_parent = number == 0;
    let mut lines = Vec::new();
    let (id, without_rowid) = match table.key {
        1 => ("id INTEGER PRIMARY KEY AUTOINCREMENT", false),
        2 if !is_parent => ("id INTEGER NOT NULL", false),
        3 if !is_parent => ("id INTEGER NOT NULL PRIMARY KEY", true),
        4 if !is_parent => ("id INT NOT NULL PRIMARY KEY", false),
        _ => ("id INTEGER PRIMARY KEY", false),
    };
    lines.push(id.to_owned());
    let mut constraints = Vec::new();
    for (position, column) in table.columns.iter().enumerate() {
        let Some(column) = column else { continue };
        let text = is_text(position);
        let own = format!("c{position}");
        let mut line = format!(
            "{own} {}",
            if text {
                "TEXT"
            } else if column.shape == 0 {
                "INT"
            } else {
                "INTEGER"
            }
        );
        if column.not_null {
            line.push_str(" NOT NULL");
        }
        if column.default && column.unique > 1 && column.reference > 1 {
            line.push_str(match (text, column.shape) {
                (true, 0) => " DEFAULT 'd'",
                (true, _) => " DEFAULT (lower('D'))",
                (false, 0) => " DEFAULT 4",
                (false, _) => " DEFAULT (4)",
            });
        }
        if column.collate && text {
            line.push_str(" COLLATE NOCASE");
        }
        match column.unique {
            0 => line.push_str(" UNIQUE"),
            1 => constraints.push(format!("CONSTRAINT {name}_{own}_key UNIQUE ({own})")),
            _ => {}
        }
        match column.check {
            0 => line = format!("{line} CHECK ({own} <> 'zz')"),
            1 => constraints.push(format!("CONSTRAINT {name}_{own}_check CHECK ({name}.{own} <> 'zz')")),
            2 => constraints.push(format!("CHECK (id >= 0 AND \"{own}\" <> 'z')")),
            _ => {}
        }
        if !text {
            let action = ["", " ON DELETE CASCADE", " ON DELETE SET NULL"][usize::from(column.shape)];
            match column.reference {
                0 => line = format!("{line} REFERENCES t0{action}"),
                1 => constraints.push(format!(
                    "CONSTRAINT {name}_{own}_fkey FOREIGN KEY ({own}) REFERENCES t0 (id){action}"
                )),
                _ => {}
            }
        }
        lines.push(line);
    }
    if table.generated == 0 {
        lines.push("g INTEGER GENERATED ALWAYS AS (id * 2) VIRTUAL".to_owned());
    } else if table.generated == 1 {
        lines.push("g INTEGER AS (id * 2) STORED".to_owned());
    }
    if table.reversed {
        lines[1..].reverse();
    }
    lines.extend(constraints);
    if table.trigger == 3 {
        // A definition with words between its words: a rebuild keeps them.
        for line in &mut lines {
            *line = format!("{line} /* , ) -- */");
        }
    }
    let options = match (table.strict, without_rowid) {
        (true, true) => " STRICT, WITHOUT ROWID",
        (true, false) => " STRICT",
        (false, true) => " WITHOUT ROWID",
        (false, false) => "",
    };
    writeln!(sql, "CREATE TABLE {name} (\n  {}\n){options};", lines.join(",\n  ")).unwrap();
    let first = table.columns.iter().position(Option::is_some).map(|position| format!("c{position}"));
    let first = first.unwrap_or_else(|| "id".to_owned());
    match table.index {
        0 => writeln!(sql, "CREATE INDEX {name}_i ON {name} ({first} DESC, id);").unwrap(),
        1 => writeln!(sql, "CREATE INDEX {name}_i ON {name} ({first} || '-') WHERE {first} IS NOT NULL;")
            .unwrap(),
        2 => writeln!(sql, "CREATE UNIQUE INDEX {name}_i ON {name} ({first}, id);").unwrap(),
        _ => {}
    }
    match table.trigger {
        0 => writeln!(
            sql,
            "CREATE TRIGGER {name}_g BEFORE UPDATE ON {name} BEGIN SELECT RAISE(ABORT, 'no'); END;"
        )
        .unwrap(),
        1 => writeln!(sql, "CREATE TRIGGER {name}_g AFTER INSERT ON {name} BEGIN SELECT new.{first}; END;")
            .unwrap(),
        _ => {}
    }
}

fn write_rows(schema: &[Option<Table>]) -> String {
    let mut sql = String::new();
    for (number, table) in schema.iter().enumerate() {
        let Some(table) = table else { continue };
        // Triggers of the schema are not what fills it.
        writeln!(sql, "PRAGMA foreign_keys = OFF;").unwrap();
        let columns: Vec<usize> = table
            .columns
            .iter()
            .enumerate()
            .filter(|(_, column)| column.is_some())
            .map(|(position, _)| position)
            .collect();
        let names: Vec<String> = columns.iter().map(|position| format!(", c{position}")).collect();
        let names = names.concat();
        for row in 1..=ROWS {
            let values: String = columns
                .iter()
                .map(|position| {
                    let nullable = table.columns[*position].is_some_and(|column| !column.not_null);
                    match (nullable && row == ROWS, is_text(*position)) {
                        (true, _) => ", NULL".to_owned(),
                        (false, true) => format!(", 'row {row} of c{position}'"),
                        (false, false) => format!(", {row}"),
                    }
                })
                .collect();
            let rowid = if table.key == 2 && number > 0 { row * 10 } else { row };
            if table.key == 2 && number > 0 {
                writeln!(sql, "INSERT INTO t{number} (rowid, id{names}) VALUES ({rowid}, {row}{values});")
                    .unwrap();
            } else {
                writeln!(sql, "INSERT INTO t{number} (id{names}) VALUES ({row}{values});").unwrap();
            }
        }
        writeln!(sql, "PRAGMA foreign_keys = ON;").unwrap();
    }
    sql
}

/// Gives every column that waits for a value one that is unique and fits.
fn answer(pair: &mut Pair<'_>) {
    for target in TARGETS {
        for _ in 0..20 {
            let blocked = pair.plan(target).blocked;
            if blocked.is_empty() {
                break;
            }
            for item in blocked {
                let position: usize = item.column[1..].parse().unwrap();
                let value = if is_text(position) { "'filled ' || id" } else { "id" };
                let path = format!("{}.{}={value}", item.table, item.column);
                pair.answers.backfill(&path).unwrap();
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_pair_of_schemas_is_walked_without_a_loss(from in schema(), to in schema(), renamed in any::<bool>()) {
        let (from_sql, to_sql) = (write_schema(&from), new_names(&write_schema(&to), renamed));
        let rows = write_rows(&from);
        let mut pair = Pair::new(&from_sql, &rows, &to_sql);
        pair.answers = Answers { no_renames: true, allow_every_loss: true, ..Answers::default() };
        if renamed {
            answer_renames(&mut pair.answers, &from, &to);
        }
        let filled: Vec<String> = (0..3)
            .flat_map(|table| (0..4).map(move |column| format!("t{table}.c{column}")))
            .chain((0..3).map(|table| format!("t{table}.(rowid)")))
            .filter(|path| path.ends_with("(rowid)") || nulls_are_filled(path, &from, &to))
            .map(|path| new_names(&path, renamed))
            .collect();
        let changed: Vec<&str> = filled.iter().map(String::as_str).collect();
        pair.changed = &changed;
        answer(&mut pair);
        pair.walk();
    }
}

/// The second column of each table and the third table, under other names.
fn new_names(text: &str, renamed: bool) -> String {
    if renamed { text.replace("c1", "r1").replace("t2", "u2") } else { text.to_owned() }
}

fn answer_renames(answers: &mut Answers, from: &[Option<Table>], to: &[Option<Table>]) {
    for (number, (before, after)) in from.iter().zip(to).enumerate() {
        let (Some(before), Some(after)) = (before, after) else { continue };
        if number == 2 {
            answers.rename("t2:u2").unwrap();
        }
        if before.columns[1].is_some() && after.columns[1].is_some() {
            let path = format!("t{number}.c1");
            answers.rename(&format!("{path}:{}", new_names(&path, true))).unwrap();
        }
    }
}

/// Whether a column admits NULL before and not after, so that its NULLs become something else.
fn nulls_are_filled(path: &str, from: &[Option<Table>], to: &[Option<Table>]) -> bool {
    let digit = |position: usize| path.as_bytes()[position] as usize - usize::from(b'0');
    let column =
        |schema: &[Option<Table>]| schema[digit(1)].as_ref().and_then(|table| table.columns[digit(4)]);
    matches!((column(from), column(to)), (Some(before), Some(after)) if !before.not_null && after.not_null)
}
