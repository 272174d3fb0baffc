use schema_migrate::diff::Change;

use crate::harness::Pair;

#[test]
fn situation_11_indexes_come_back_as_they_were_and_a_changed_predicate_costs_no_rebuild() {
    let table = |default: &str| format!("CREATE TABLE t(a TEXT DEFAULT {default}, b INTEGER, c TEXT);");
    let indexes = "CREATE INDEX part ON t(a) WHERE b > 0;
        CREATE UNIQUE INDEX expr ON t(lower(c), b DESC); CREATE INDEX coll ON t(c COLLATE NOCASE) -- why
        ;";
    let (from, to) = (table("'x'") + indexes, table("'y'") + indexes);
    let rows = "INSERT INTO t VALUES ('1', 1, 'C'), ('2', 2, 'c'), (NULL, NULL, NULL);";
    for walk in Pair::new(&from, rows, &to).walk() {
        let sql = walk
            .upgraded
            .text("SELECT group_concat(sql, ';') FROM sqlite_schema WHERE type = 'index' ORDER BY name");
        for text in ["ON t(a) WHERE b > 0", "ON t(lower(c), b DESC)", "ON t(c COLLATE NOCASE)"] {
            assert!(sql[0].contains(text), "{sql:?}");
        }
    }
    let other = from.replace("b > 0", "b > 1");
    for walk in Pair::new(&from, rows, &other).walk() {
        assert!(walk.plan.rebuilt.is_empty());
    }
}

#[test]
fn situation_12_the_highest_id_is_kept_also_of_an_empty_table_and_begins_behind_the_rows() {
    let table = |key: &str, default: &str| {
        format!("CREATE TABLE t(id INTEGER PRIMARY KEY {key}, a TEXT DEFAULT {default});")
    };
    let (from, to) = (table("AUTOINCREMENT", "1"), table("AUTOINCREMENT", "2"));
    for walk in Pair::new(&from, "INSERT INTO t VALUES (41, 'x'); DELETE FROM t;", &to).walk() {
        walk.upgraded.run("INSERT INTO t(a) VALUES ('y')");
        assert_eq!(walk.upgraded.text("SELECT id FROM t"), ["42"]);
    }
    let plain = table("", "1");
    for walk in Pair::new(&plain, "INSERT INTO t VALUES (7, 'x');", &from).walk() {
        assert_eq!(walk.upgraded.text("SELECT seq FROM sqlite_sequence WHERE name = 't'"), ["7"]);
    }
}

#[test]
fn situation_13_rowids_are_kept_without_an_integer_primary_key_and_beside_a_column_named_rowid() {
    for column in ["a TEXT", "rowid TEXT", "\"_rowid_\" TEXT", "oid TEXT"] {
        let table = |default: &str| format!("CREATE TABLE t({column}, b TEXT DEFAULT {default});");
        let (from, to) = (table("'x'"), table("'y'"));
        let rows = "INSERT INTO t VALUES ('1', 1), ('2', 2), ('3', 3); DELETE FROM t WHERE b = '2';";
        for walk in Pair::new(&from, rows, &to).walk() {
            let hidden = if column.starts_with("rowid") { "_rowid_" } else { "rowid" };
            assert_eq!(
                walk.upgraded.text(&format!("SELECT {hidden} FROM t ORDER BY 1")),
                ["1", "3"],
                "{column}"
            );
        }
    }
}

#[test]
fn situation_14_a_full_text_index_of_external_content_still_matches() {
    let schema = |default: &str| {
        format!(
            "CREATE TABLE notes(id INTEGER PRIMARY KEY, body TEXT DEFAULT {default});
             CREATE VIRTUAL TABLE found USING fts5(body, content='notes', content_rowid='id');
             CREATE TRIGGER i AFTER INSERT ON notes BEGIN INSERT INTO found(rowid, body) VALUES (new.id, new.body); END;
             CREATE TRIGGER d AFTER DELETE ON notes BEGIN INSERT INTO found(found, rowid, body) VALUES ('delete', old.id, old.body); END;"
        )
    };
    let (from, to) = (schema("'x'"), schema("'y'"));
    let rows = "INSERT INTO notes VALUES (5, 'spice'), (9, 'worms');";
    for walk in Pair::new(&from, rows, &to).walk() {
        assert!(!walk.plan.up.iter().any(|step| step.sql.contains("found_")), "a shadow table is touched");
        walk.upgraded.run("DELETE FROM notes WHERE id = 5; INSERT INTO notes VALUES (12, 'more worms')");
        assert_eq!(
            walk.upgraded.text("SELECT rowid FROM found WHERE found MATCH 'worms' ORDER BY 1"),
            ["9", "12"]
        );
        walk.upgraded.run("INSERT INTO found(found, rank) VALUES ('integrity-check', 1)");
    }
}

#[test]
fn situation_15_a_virtual_table_of_an_unknown_module_is_left_alone() {
    // A module that is not there cannot make its table: the row is written as its program would have.
    let stranger = "PRAGMA writable_schema=ON;
        INSERT INTO sqlite_schema VALUES ('table', 'strange', 'strange', 0, 'CREATE VIRTUAL TABLE strange USING nobody_has_it(a)');
        PRAGMA writable_schema=RESET;";
    let database = super::OnDisk::new(&format!(
        "CREATE TABLE t(a TEXT DEFAULT 'x'); INSERT INTO t VALUES ('1'); {stranger}"
    ));
    let to = format!("CREATE TABLE t(a TEXT DEFAULT 'y'); {stranger}");
    database.apply(&to, &schema_migrate::diff::Answers::default()).unwrap();
    let connection = database.connection();
    let left: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'strange'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(left, 1);
    let row: String = connection.query_row("SELECT a FROM t", [], |row| row.get(0)).unwrap();
    assert_eq!(row, "1");
}

#[test]
fn situation_16_a_column_that_everything_uses_is_renamed_without_a_copy() {
    let schema = |a: &str| {
        format!(
            "CREATE TABLE p({a} TEXT UNIQUE CHECK ({a} <> ''), b AS (upper({a})), CONSTRAINT k CHECK (length({a}) < 9));
             CREATE INDEX i ON p(b) WHERE {a} IS NOT NULL; CREATE VIEW v AS SELECT {a} FROM p;
             CREATE TABLE c(x TEXT REFERENCES p({a}));
             CREATE TRIGGER g AFTER UPDATE OF {a} ON p BEGIN UPDATE c SET x = new.{a} WHERE x = old.{a}; END;"
        )
    };
    let (from, to) = (schema("a"), schema("code"));
    let rows = "INSERT INTO p(a) VALUES ('one'), ('two'); INSERT INTO c VALUES ('two');";
    for walk in Pair::new(&from, rows, &to).rename("p.a:p.code").walk() {
        assert!(walk.plan.rebuilt.is_empty());
        assert_eq!(walk.plan.up.len(), 1);
    }
}

#[test]
fn situation_17_a_rename_and_another_type_at_once_move_the_data() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, n TEXT);";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, number INTEGER NOT NULL DEFAULT 0);";
    let mut pair = Pair::new(from, "INSERT INTO t VALUES (1, '7'), (2, NULL);", to).rename("t.n:t.number");
    pair.answers.allow_data_loss("t.number").unwrap();
    for walk in pair.changed(&["t.number"]).walk() {
        assert_eq!(walk.upgraded.text("SELECT number FROM t ORDER BY id"), ["7", "0"]);
    }
}

#[test]
fn situation_18_columns_exchange_names_and_another_order_is_no_change() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b TEXT);";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, b TEXT, a TEXT);";
    let pair = Pair::new(from, "INSERT INTO t VALUES (1, 'a', 'b');", to);
    assert!(pair.comparison().2.is_empty());
    for walk in pair.rename("t.a:t.b").rename("t.b:t.a").walk() {
        assert_eq!(walk.upgraded.text("SELECT a, b FROM t"), ["'b'|'a'"]);
    }
}

#[test]
fn situation_19_everything_follows_a_renamed_table() {
    let schema = |t: &str, c: &str, p: &str| {
        format!(
            "CREATE TABLE {t}(id INTEGER PRIMARY KEY AUTOINCREMENT, {c} TEXT); CREATE INDEX i ON {t}({c});
             CREATE VIEW v AS SELECT {c} FROM {t}; CREATE TABLE child(id INTEGER PRIMARY KEY, {p} INTEGER REFERENCES {t}(id));"
        )
    };
    let (from, to) = (schema("old", "a", "old_id"), schema("fresh", "b", "fresh_id"));
    let rows = "INSERT INTO old VALUES (8, 'x'); INSERT INTO child VALUES (1, 8); INSERT INTO old VALUES (9, 'y'); DELETE FROM old WHERE id = 9;";
    let pair = Pair::new(&from, rows, &to)
        .rename("old:fresh")
        .rename("old.a:fresh.b")
        .rename("child.old_id:child.fresh_id");
    for walk in pair.walk() {
        assert!(walk.plan.rebuilt.is_empty());
        walk.upgraded.run("INSERT INTO fresh(b) VALUES ('z')");
        assert_eq!(walk.upgraded.text("SELECT max(id) FROM fresh"), ["10"]);
    }
}

#[test]
fn situation_20_another_case_is_a_rename() {
    let from = "CREATE TABLE Books(id INTEGER PRIMARY KEY, Title TEXT);";
    let to = "CREATE TABLE books(id INTEGER PRIMARY KEY, title TEXT);";
    let pair = Pair::new(from, "INSERT INTO Books VALUES (1, 'Dune');", to);
    let changes = pair.comparison().2.changes;
    assert!(
        changes
            .iter()
            .all(|change| matches!(change, Change::RenameTable { .. } | Change::RenameColumn { .. }))
    );
    for walk in pair.walk() {
        assert!(walk.plan.losses.is_empty());
        assert_eq!(walk.upgraded.text("SELECT title FROM books"), ["'Dune'"]);
    }
}
