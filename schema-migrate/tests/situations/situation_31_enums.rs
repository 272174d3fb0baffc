//! Situation 31, and what a declaration says that SQL does not: enums, booleans, append-only tables,
//! earlier names, values for rows that exist.

use std::borrow::Cow;

use schema_core::model::{
    CheckDef, ColumnDef, DefaultDef, Domain, IndexDef, IndexPart, KeyColumn, PrimaryKeyDef, SchemaDef,
    SqlText, TableDef, VariantDef, list, text,
};
use schema_core::rusqlite::Connection;
use schema_migrate::diff::{Answers, Change, QuestionKind, compare};
use schema_migrate::inspect::{execute, materialise, replay, sqlite};
use schema_migrate::plan;

use crate::harness::{TARGETS, apply};

static ID: [KeyColumn; 1] = [KeyColumn::new("id")];

fn table(columns: Vec<ColumnDef>) -> TableDef {
    let mut all =
        vec![ColumnDef { name: text("id"), sql_type: text("INTEGER"), nullable: false, ..ColumnDef::EMPTY }];
    all.extend(columns);
    TableDef {
        name: text("task"),
        model: text("Task"),
        columns: all.into(),
        primary_key: Some(PrimaryKeyDef {
            name: None,
            columns: list(&ID),
            autoincrement: false,
            conflict: None,
            rowid_alias: true,
        }),
        ..TableDef::EMPTY
    }
}

fn schema(table: TableDef) -> SchemaDef {
    SchemaDef { name: text("App"), tables: vec![Cow::Owned(table)].into(), ..SchemaDef::EMPTY }
}

fn status(variants: &[(&'static str, Option<&'static str>)]) -> ColumnDef {
    let variants: Vec<VariantDef> = variants
        .iter()
        .map(|(value, renamed_from)| VariantDef { value: text(value), renamed_from: renamed_from.map(text) })
        .collect();
    ColumnDef {
        name: text("status"),
        sql_type: text("TEXT"),
        nullable: false,
        domain: Domain::Variants(variants.into()),
        ..ColumnDef::EMPTY
    }
}

/// A database that holds the declared schema and these rows.
fn filled(declared: &SchemaDef, rows: &str) -> Connection {
    let database = replay(&materialise(declared).unwrap()).unwrap();
    execute(&database, rows).unwrap();
    database
}

fn column(database: &Connection, sql: &str) -> Vec<Option<String>> {
    let mut statement = database.prepare(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// Migrates the filled database to the declaration and back, for every target.
fn walk(
    from: &SchemaDef,
    to: &SchemaDef,
    answers: &Answers,
    rows: &str,
    mut check: impl FnMut(&Connection, bool),
) {
    let (old, new) = (materialise(from).unwrap(), materialise(to).unwrap());
    for target in TARGETS {
        let database = filled(from, rows);
        let comparison = compare(&old, &new, to, answers).unwrap();
        assert_eq!(comparison.questions, []);
        let plan = plan::sqlite(&old, &new, &comparison, answers, target).unwrap();
        assert_eq!(plan.blocked, []);
        apply(&database, &plan.up, plan.foreign_keys_off);
        let live = sqlite::schema(&database).unwrap();
        assert_eq!(compare(&live, &new, to, &Answers::default()).unwrap().changes, []);
        check(&database, true);
        apply(&database, &plan.down, plan.foreign_keys_off);
        let live = sqlite::schema(&database).unwrap();
        assert_eq!(compare(&live, &old, from, &Answers::default()).unwrap().changes, []);
        check(&database, false);
    }
}

const ROWS: &str = "INSERT INTO task(id, status) VALUES (1, 'draft'), (2, 'done'), (3, 'draft');";

#[test]
fn stored_texts_follow_a_renamed_variant() {
    let from = schema(table(vec![status(&[("draft", None), ("done", None)])]));
    let to = schema(table(vec![status(&[("planned", Some("draft")), ("done", None)])]));
    walk(&from, &to, &Answers::default(), ROWS, |database, up| {
        let draft = if up { "planned" } else { "draft" };
        let wanted = [draft, "done", draft].map(|text| Some(text.to_owned()));
        assert_eq!(column(database, "SELECT status FROM task ORDER BY id"), wanted);
    });
}

#[test]
fn two_variants_are_renamed_at_once() {
    let from = schema(table(vec![status(&[("a", None), ("b", None)])]));
    let to = schema(table(vec![status(&[("c", Some("a")), ("a2", Some("b"))])]));
    let rows = "INSERT INTO task(id, status) VALUES (1, 'a'), (2, 'b');";
    walk(&from, &to, &Answers::default(), rows, |database, up| {
        let wanted = if up { ["c", "a2"] } else { ["a", "b"] }.map(|text| Some(text.to_owned()));
        assert_eq!(column(database, "SELECT status FROM task ORDER BY id"), wanted);
    });
}

#[test]
fn a_chain_of_variants_moves_up_by_one() {
    let from = schema(table(vec![status(&[("a", None), ("b", None)])]));
    let to = schema(table(vec![status(&[("b", Some("a")), ("c", Some("b"))])]));
    let rows = "INSERT INTO task(id, status) VALUES (1, 'a'), (2, 'b'), (3, 'a');";
    walk(&from, &to, &Answers::default(), rows, |database, up| {
        let wanted = if up { ["b", "c", "b"] } else { ["a", "b", "a"] }.map(|text| Some(text.to_owned()));
        assert_eq!(column(database, "SELECT status FROM task ORDER BY id"), wanted);
    });
    // The model goes on saying it once it is done.
    let done = materialise(&to).unwrap();
    assert!(compare(&done, &done, &to, &Answers::default()).unwrap().is_empty());
}

#[test]
fn two_variants_exchange_their_texts_when_a_flag_says_so() {
    for unique in [false, true] {
        let mut declared = table(vec![status(&[("a", None), ("b", None), ("c", None)])]);
        if unique {
            declared.indexes = vec![IndexDef {
                name: text("one_each"),
                parts: vec![IndexPart::column("status")].into(),
                unique: true,
                filter: None,
                sql: None,
            }]
            .into();
        }
        let same = schema(declared);
        let mut answers = Answers::default();
        answers.rename("task.status.a:task.status.b").unwrap();
        answers.rename("task.status.b:task.status.a").unwrap();
        let rows = "INSERT INTO task(id, status) VALUES (1, 'a'), (2, 'b'), (3, 'c');";
        walk(&same, &same, &answers, rows, |database, up| {
            let wanted = if up { ["b", "a", "c"] } else { ["a", "b", "c"] }.map(|text| Some(text.to_owned()));
            assert_eq!(column(database, "SELECT status FROM task ORDER BY id"), wanted);
        });
        let old = materialise(&same).unwrap();
        let comparison = compare(&old, &old, &same, &answers).unwrap();
        for target in TARGETS {
            let plan = plan::sqlite(&old, &old, &comparison, &answers, target).unwrap();
            assert_eq!(
                plan.rebuilt.is_empty(),
                !unique,
                "an UPDATE, unless two rows could be the same for a while"
            );
        }
    }
    // A model that says it cannot tell before from after.
    let both = schema(table(vec![status(&[("a", Some("b")), ("b", Some("a"))])]));
    let old = materialise(&both).unwrap();
    assert!(compare(&old, &old, &both, &Answers::default()).unwrap().is_empty());
}

#[test]
fn a_circle_of_three_variants_turns_by_one_beside_a_new_one() {
    let from = schema(table(vec![status(&[("a", None), ("b", None), ("c", None)])]));
    let to = schema(table(vec![status(&[("a", None), ("b", None), ("c", None), ("d", None)])]));
    let mut answers = Answers::default();
    for (before, after) in [("a", "b"), ("b", "c"), ("c", "a")] {
        answers.rename(&format!("task.status.{before}:task.status.{after}")).unwrap();
    }
    let rows = "INSERT INTO task(id, status) VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'a');";
    walk(&from, &to, &answers, rows, |database, up| {
        let wanted = if up { ["b", "c", "a", "b"] } else { ["a", "b", "c", "a"] };
        let wanted = wanted.map(|text| Some(text.to_owned()));
        assert_eq!(column(database, "SELECT status FROM task ORDER BY id"), wanted);
    });
}

#[test]
fn a_vanished_variant_beside_a_new_one_is_a_question() {
    let from = materialise(&schema(table(vec![status(&[("draft", None), ("done", None)])]))).unwrap();
    let to = materialise(&schema(table(vec![status(&[("planned", None), ("done", None)])]))).unwrap();
    let open = compare(&from, &to, &to, &Answers::default()).unwrap();
    assert_eq!(open.questions[0].kind, QuestionKind::Variant);
    assert_eq!(
        open.questions[0].flags(),
        ["--rename task.status.draft:task.status.planned", "--drop task.status.draft"]
    );
    let mut answers = Answers::default();
    answers.rename("task.status.draft:task.status.planned").unwrap();
    let settled = compare(&from, &to, &to, &answers).unwrap();
    assert_eq!(settled.questions, []);
    assert!(settled.changes.iter().any(|change| matches!(change, Change::RenameVariant { .. })));
}

#[test]
fn a_widened_enum_changes_in_place_where_the_engine_can() {
    let from = schema(table(vec![status(&[("draft", None), ("done", None)])]));
    let to = schema(table(vec![status(&[("draft", None), ("done", None), ("gone", None)])]));
    let (old, new) = (materialise(&from).unwrap(), materialise(&to).unwrap());
    let comparison = compare(&old, &new, &to, &Answers::default()).unwrap();
    let newest = plan::sqlite(&old, &new, &comparison, &Answers::default(), TARGETS[0]).unwrap();
    assert!(newest.rebuilt.is_empty() && !newest.foreign_keys_off);
    walk(&from, &to, &Answers::default(), ROWS, |_, _| {});
}

#[test]
fn an_enum_column_comes_in_place_and_checks() {
    let from = schema(table(vec![]));
    let mut added = status(&[("draft", None), ("done", None)]);
    added.default = DefaultDef::Text(text("draft"));
    let to = schema(table(vec![added]));
    walk(&from, &to, &Answers::default(), "INSERT INTO task VALUES (1), (2);", |database, up| {
        if up {
            assert!(database.execute_batch("UPDATE task SET status = 'other'").is_err());
            assert_eq!(column(database, "SELECT DISTINCT status FROM task"), [Some("draft".to_owned())]);
        }
    });
}

#[test]
fn an_append_only_table_is_rebuilt_and_stays_so() {
    let append_only = |column: ColumnDef| schema(TableDef { append_only: true, ..table(vec![column]) });
    let from = append_only(status(&[("draft", None), ("done", None)]));
    let to = append_only(status(&[("planned", Some("draft")), ("done", None)]));
    walk(&from, &to, &Answers::default(), ROWS, |database, _| {
        for sql in ["UPDATE task SET id = 9", "DELETE FROM task"] {
            let error = database.execute_batch(sql).unwrap_err().to_string();
            assert!(error.contains("task is append-only"), "{error}");
        }
    });
    let plain = schema(table(vec![status(&[("draft", None), ("done", None)])]));
    walk(&plain, &from, &Answers::default(), ROWS, |_, _| {});
}

#[test]
fn a_declared_conversion_is_used_and_a_backfill_fills() {
    let day = |sql_type: &'static str| ColumnDef {
        name: text("day"),
        sql_type: text(sql_type),
        convert: Some(SqlText::any(if sql_type == "TEXT" {
            "date(day, 'unixepoch')"
        } else {
            "unixepoch(day)"
        })),
        ..ColumnDef::EMPTY
    };
    let from = schema(table(vec![day("INTEGER")]));
    let owner = ColumnDef {
        name: text("owner"),
        sql_type: text("TEXT"),
        nullable: false,
        backfill: Some(SqlText::any("'user ' || id")),
        ..ColumnDef::EMPTY
    };
    let to = schema(table(vec![day("TEXT"), owner]));
    let rows = "INSERT INTO task(id, day) VALUES (1, 86400), (2, NULL);";
    walk(&from, &to, &Answers::default(), rows, |database, up| {
        if up {
            assert_eq!(column(database, "SELECT day FROM task"), [Some("1970-01-02".to_owned()), None]);
            assert_eq!(column(database, "SELECT owner FROM task WHERE id = 2"), [Some("user 2".to_owned())]);
        }
    });
}

#[test]
fn every_table_and_column_may_have_had_another_name() {
    let named = |name: &'static str, column: ColumnDef| TableDef { name: text(name), ..table(vec![column]) };
    let note = |name: &'static str, before: Option<&'static str>| ColumnDef {
        name: text(name),
        sql_type: text("TEXT"),
        renamed_from: before.map(text),
        domain: Domain::Boolean,
        ..ColumnDef::EMPTY
    };
    let from = schema(named("task", note("note", None)));
    let to = TableDef { renamed_from: Some(text("task")), ..named("job", note("remark", Some("note"))) };
    let to = schema(to);
    walk(
        &from,
        &to,
        &Answers::default(),
        "INSERT INTO task(id, note) VALUES (1, 1), (2, NULL);",
        |database, up| {
            let sql =
                if up { "SELECT remark FROM job ORDER BY id" } else { "SELECT note FROM task ORDER BY id" };
            assert_eq!(column(database, sql), [Some("1".to_owned()), None]);
        },
    );
}

#[test]
fn a_refused_definition_names_its_model() {
    let broken = TableDef {
        checks: vec![CheckDef { name: None, expression: SqlText::any("nothing > 0"), column: None }].into(),
        source: text("src/models.rs:14"),
        ..table(vec![])
    };
    let error = materialise(&schema(broken)).unwrap_err();
    assert!(error.to_string().contains("`Task`") && error.to_string().contains("nothing"), "{error}");
    assert_eq!(error.location(), Some("src/models.rs:14"));
}
