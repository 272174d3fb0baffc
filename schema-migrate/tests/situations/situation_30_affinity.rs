//! Situation 30: another type of a column, and values that it would make into others.

use schema_migrate::diff::{Answers, compare};
use schema_migrate::plan::LossKind;
use schema_migrate::run::ask;

use crate::harness::{Pair, TARGETS, schema_of};

fn table(kind: &str) -> String {
    format!("CREATE TABLE t(id INTEGER PRIMARY KEY, a {kind});")
}

#[test]
fn situation_30_a_yes_is_needed_wherever_values_can_change_and_nowhere_else() {
    let harmless = [
        ("VARCHAR(20)", "TEXT"),
        ("TEXT", "CLOB"),
        ("TEXT", "BLOB"),
        ("TEXT", ""),
        ("INTEGER", "BLOB"),
        ("REAL", ""),
        ("INT", "BIGINT"),
        ("INTEGER", "BOOLEAN"),
        ("DATETIME", "INTEGER"),
        ("FLOAT", "DOUBLE"),
    ];
    let lossy = [
        ("TEXT", "INTEGER"),
        ("TEXT", "REAL"),
        ("TEXT", "DATETIME"),
        ("INTEGER", "REAL"),
        ("REAL", "INTEGER"),
        ("REAL", "TEXT"),
        ("INTEGER", "TEXT"),
        ("BLOB", "TEXT"),
        ("", "INTEGER"),
    ];
    let cases = harmless.map(|pair| (pair, false)).into_iter().chain(lossy.map(|pair| (pair, true)));
    for ((from, to), asks) in cases {
        for target in TARGETS {
            // By rule: there is no row at all.
            let plan = Pair::new(&table(from), "", &table(to)).plan(target);
            assert_eq!(plan.open_losses().count(), usize::from(asks), "{from} -> {to}");
        }
    }
}

#[test]
fn situation_30_the_values_that_change_are_counted_and_listed() {
    let rows = "INSERT INTO t VALUES (1, '1'), (2, '007'), (3, '1e3'), (4, 'many'), (5, NULL), (6, '-12');";
    let (from, to) = (table("TEXT"), table("INTEGER"));
    for target in TARGETS {
        let pair = Pair::new(&from, rows, &to);
        let plan = pair.plan(target);
        let loss = plan.open_losses().next().unwrap();
        assert_eq!(
            loss.flags(),
            ["--allow-data-loss t.a", "--convert t.a=\"SQL expression over the old row\""]
        );
        assert!(matches!(&loss.kind, LossKind::Changed { types, .. } if *types == ["TEXT", "INTEGER"]));
        assert!(loss.to_string().contains("'007' becomes 7"), "{loss}");
        let told = plan.expectations.iter().find(|told| Some(&told.query) == loss.query.as_ref()).unwrap();
        let database = schema_migrate::inspect::scratch().unwrap();
        database.execute_batch(&format!("{from}{rows}")).unwrap();
        let asked = ask(&database, told).unwrap();
        assert!(!asked.refuses());
        assert_eq!(asked.first, ["id = 2, a = '007'", "id = 3, a = '1e3'", "id = 4, a = 'many'"]);
    }
}

#[test]
fn situation_30_a_declared_conversion_is_used_and_needs_no_yes() {
    let rows = "INSERT INTO t VALUES (1, '007'), (2, NULL), (3, '12 cm');";
    let (from, to) = (table("TEXT"), table("INTEGER"));
    let pair = Pair::new(&from, rows, &to).convert("t.a=CAST(a AS INTEGER)").changed(&["t.a"]);
    for walk in pair.walk() {
        assert_eq!(walk.plan.losses, []);
        assert_eq!(walk.upgraded.text("SELECT a FROM t ORDER BY id"), ["7", "NULL", "12"]);
    }
}

#[test]
fn situation_30_a_conversion_that_loses_values_or_gives_null_is_told() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, day INTEGER);";
    let rows = "INSERT INTO t VALUES (1, 0), (2, NULL), (3, 99999999999999);";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, day TEXT);";
    let convert = "t.day=date(day, 'unixepoch')";
    assert_eq!(
        Pair::new(from, rows, to).convert(convert).asked(),
        ["values of t.day become NULL by its conversion: 1 row\n  id = 3, day = 99999999999999"]
    );
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, day TEXT NOT NULL);";
    assert_eq!(
        Pair::new(from, rows, to).convert(convert).backfill("t.day=CASE WHEN id < 3 THEN '1970' END").asked(),
        [
            "t.day gets CASE WHEN id < 3 THEN '1970' END where it is NULL: 2 rows\n  id = 2, day = NULL\n  id = 3, day = NULL",
            "t.day holds no NULL: 1 row\n  id = 3, day = NULL",
        ]
    );
}

#[test]
fn situation_30_epoch_seconds_become_a_date_and_keep_their_rules() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, at INTEGER NOT NULL UNIQUE CHECK (at >= 0));";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, day TEXT NOT NULL UNIQUE CHECK (length(day) = 10));";
    let rows = "INSERT INTO t VALUES (1, 0), (2, 86400), (3, 86401);";
    let pair = |rows| {
        Pair::new(from, rows, to)
            .rename("t.at:t.day")
            .convert("t.day=date(day, 'unixepoch')")
            .changed(&["t.day"])
    };
    // Two instants of one day are one date.
    let asked = pair(rows).asked();
    assert_eq!(
        asked.iter().filter(|text| !text.ends_with(": 0 rows")).collect::<Vec<_>>(),
        [
            "no two rows of t have the same day: 2 rows\n  id = 2, day = '1970-01-02'\n  id = 3, day = '1970-01-02'"
        ]
    );
    for walk in pair("INSERT INTO t VALUES (1, 0), (2, 86400);").walk() {
        assert_eq!(walk.upgraded.text("SELECT day FROM t ORDER BY id"), ["'1970-01-01'", "'1970-01-02'"]);
    }
}

#[test]
fn situation_30_values_before_a_conversion_are_said_not_to_come_back() {
    let rows = "INSERT INTO t VALUES (1, '007'), (2, 'x9');";
    let (from, to) = (table("TEXT"), table("INTEGER"));
    let pair = Pair { reversible: false, ..Pair::new(&from, rows, &to) };
    for walk in pair.convert("t.a=CAST(a AS INTEGER)").changed(&["t.a"]).walk() {
        assert_eq!(walk.upgraded.text("SELECT a FROM t ORDER BY id"), ["7", "0"]);
        assert_eq!(walk.plan.irreversible, ["the values of t.a before their conversion cannot come back"]);
    }
}

#[test]
fn situation_30_a_conversion_is_used_whatever_else_of_its_table_changes() {
    let rows = "INSERT INTO t VALUES (1, 'x'), (2, NULL);";
    let from = table("TEXT");
    for to in [from.replace("TEXT)", "TEXT, b INT)"), format!("{from} CREATE INDEX t_a ON t(a);")] {
        let pair = Pair { reversible: false, ..Pair::new(&from, rows, &to) };
        for walk in pair.convert("t.a=upper(a)").changed(&["t.a"]).walk() {
            assert_eq!(walk.upgraded.text("SELECT a FROM t ORDER BY id"), ["'X'", "NULL"]);
            assert_eq!(
                walk.plan.irreversible,
                ["the values of t.a before their conversion cannot come back"]
            );
        }
    }
    let renamed = from.replace("a TEXT", "z TEXT");
    let pair = Pair { reversible: false, ..Pair::new(&from, rows, &renamed) };
    for walk in pair.rename("t.a:t.z").convert("t.z=upper(z)").changed(&["t.z"]).walk() {
        assert_eq!(walk.upgraded.text("SELECT z FROM t ORDER BY id"), ["'X'", "NULL"]);
    }
    let schema = schema_of(&from);
    let with_index = schema_of(&format!("{from} CREATE INDEX t_a ON t(a);"));
    let mut answers = Answers::default();
    answers.convert("t.a=upper(a)").unwrap();
    let idle = compare(&schema, &schema, &schema, &answers).unwrap_err();
    assert!(idle.to_string().contains("--convert t.a=.. fits nothing"), "{idle}");
    let mut answers = Answers::default();
    answers.backfill("t.a='x'").unwrap();
    let idle = compare(&schema, &with_index, &with_index, &answers).unwrap_err();
    assert_eq!(idle.kind().exit_code(), 2);
    assert!(idle.to_string().contains("--backfill t.a=.. fits nothing"), "{idle}");
}
