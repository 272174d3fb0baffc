//! Situation 14: full-text tables, with external content and without, filled and searched.

use schema_migrate::diff::{Answers, Change, Keeping, compare};
use schema_migrate::plan;

use crate::harness::{Pair, TARGETS, Walk, schema_of};

/// External content over a table whose rowid is its key.
const KEYED: &str = "
    CREATE TABLE doc(id INTEGER PRIMARY KEY, title TEXT, body TEXT);
    CREATE VIRTUAL TABLE doc_text USING fts5(title, body, content='doc', content_rowid='id');
    CREATE TRIGGER doc_text_insert AFTER INSERT ON doc BEGIN
        INSERT INTO doc_text(rowid, title, body) VALUES (new.id, new.title, new.body); END;
    CREATE TRIGGER doc_text_delete AFTER DELETE ON doc BEGIN
        INSERT INTO doc_text(doc_text, rowid, title, body) VALUES ('delete', old.id, old.title, old.body); END;
    CREATE TRIGGER doc_text_update AFTER UPDATE ON doc BEGIN
        INSERT INTO doc_text(doc_text, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);
        INSERT INTO doc_text(rowid, title, body) VALUES (new.id, new.title, new.body); END;";

/// Rows with gaps in their rowids.
const ROWS: &str = "INSERT INTO doc(rowid, title, body) VALUES (3, '007', 'one two'), (9, 'b', 'two three'),
    (12, 'c', NULL); DELETE FROM doc WHERE rowid = 12; INSERT INTO doc(rowid, title, body) VALUES (40, 'd', 'four');";

/// The same over a table without such a key.
fn keyless() -> String {
    KEYED
        .replace("id INTEGER PRIMARY KEY, title TEXT", "title TEXT PRIMARY KEY")
        .replace(", content_rowid='id'", "")
        .replace("new.id", "new.rowid")
        .replace("old.id", "old.rowid")
}

fn matches(walk: &Walk, index: &str) {
    walk.upgraded.run(&format!("INSERT INTO {index}({index}, rank) VALUES ('integrity-check', 1)"));
}

#[test]
fn an_index_still_matches_after_a_rebuild_of_its_content() {
    for from in [KEYED.to_owned(), keyless()] {
        let to = from.replacen("body TEXT)", "body TEXT, n INTEGER NOT NULL DEFAULT (1 + 1))", 1);
        for walk in Pair::new(&from, ROWS, &to).walk() {
            assert_eq!(walk.plan.rebuilt, ["doc"]);
            matches(&walk, "doc_text");
            assert!(!walk.plan.up.iter().any(|step| step.sql.contains("'rebuild'")), "{:?}", walk.plan.up);
            let found = "SELECT doc.title FROM doc_text JOIN doc ON doc.rowid = doc_text.rowid
                WHERE doc_text MATCH 'three'";
            assert_eq!(walk.upgraded.text(found), ["'b'"]);
            walk.upgraded.run("UPDATE doc SET body = 'five' WHERE title = 'b'");
            matches(&walk, "doc_text");
            assert_eq!(walk.upgraded.text(found), Vec::<String>::new());
        }
    }
}

#[test]
fn an_index_is_built_again_where_a_rebuild_writes_other_values() {
    let to = KEYED.replacen("title TEXT", "title INTEGER", 1);
    let mut pair = Pair::new(KEYED, ROWS, &to).changed(&["doc.title"]);
    pair.reversible = false;
    for walk in pair.walk() {
        assert_eq!(walk.upgraded.text("SELECT title FROM doc WHERE id = 3"), ["7"]);
        matches(&walk, "doc_text");
        assert_eq!(walk.upgraded.text("SELECT rowid FROM doc_text WHERE doc_text MATCH '7'"), ["3"]);
    }
}

#[test]
fn an_index_over_a_filled_table_is_built_from_its_rows() {
    let without = "CREATE TABLE doc(id INTEGER PRIMARY KEY, title TEXT, body TEXT);";
    for walk in Pair::new(without, ROWS, KEYED).walk() {
        matches(&walk, "doc_text");
        assert_eq!(walk.upgraded.text("SELECT rowid FROM doc_text WHERE doc_text MATCH 'two'"), ["3", "9"]);
        assert!(walk.plan.losses.is_empty());
    }
    for walk in Pair::new(KEYED, ROWS, without).walk() {
        assert!(walk.plan.losses.is_empty() && walk.plan.irreversible.is_empty());
        let shadows = walk.upgraded.text("SELECT name FROM sqlite_schema WHERE name LIKE 'doc_text%'");
        assert_eq!(shadows, Vec::<String>::new());
    }
    for walk in Pair::new("CREATE TABLE apart(a);", "", &format!("CREATE TABLE apart(a); {KEYED}")).walk() {
        assert!(!walk.plan.up.iter().any(|step| step.sql.contains("'rebuild'")), "the table is new");
    }
}

#[test]
fn another_tokenizer_or_another_column_builds_the_index_again() {
    let stemmed = KEYED.replace("content='doc'", "content='doc', tokenize='porter'");
    for walk in Pair::new(KEYED, ROWS, &stemmed).walk() {
        matches(&walk, "doc_text");
        assert!(walk.plan.losses.is_empty() && walk.plan.rebuilt.is_empty());
        assert_eq!(walk.upgraded.text("SELECT count(*) FROM doc_text WHERE doc_text MATCH 'twos'"), ["2"]);
    }
    let named = KEYED
        .replace("(title, body", "(heading, body")
        .replace(", title, body)", ", heading, body)")
        .replace("title TEXT", "heading TEXT")
        .replace("new.title", "new.heading")
        .replace("old.title", "old.heading");
    for walk in Pair::new(KEYED, ROWS, &named).rename("doc.title:doc.heading").walk() {
        matches(&walk, "doc_text");
        assert!(walk.plan.rebuilt.is_empty(), "{:?}", walk.plan.up);
    }
    let moved = KEYED
        .replace("TABLE doc(", "TABLE paper(")
        .replace("ON doc ", "ON paper ")
        .replace("content='doc'", "content='paper'");
    for walk in Pair::new(KEYED, ROWS, &moved).rename("doc:paper").walk() {
        matches(&walk, "doc_text");
    }
}

#[test]
fn quotes_case_layout_and_order_of_options_are_no_change() {
    let same = KEYED.replace(
        "fts5(title, body, content='doc', content_rowid='id')",
        "FTS5 (\"TITLE\",\n [body] , content_rowid = id, /* rows */ content = \"doc\")",
    );
    let changes = Pair::new(KEYED, "", &same).comparison().2.changes;
    assert!(changes.is_empty(), "{changes:?}");
    let other = KEYED.replace("fts5(title, body", "fts5(title, body UNINDEXED");
    let changes = Pair::new(KEYED, "", &other).comparison().2.changes;
    assert!(matches!(changes.as_slice(), [Change::ChangeVirtualTable { .. }]), "{changes:?}");
}

#[test]
fn what_a_full_text_table_keeps_itself_moves_into_its_successor() {
    let from = "CREATE TABLE t(a); CREATE VIRTUAL TABLE note USING fts5(title, body);
        CREATE VIEW titles AS SELECT title FROM note;
        CREATE TRIGGER noted AFTER INSERT ON t BEGIN INSERT INTO note(title) VALUES (new.a); END;";
    let to = from.replace("fts5(title, body)", "fts5(body, title, extra, tokenize='porter')");
    let rows = "INSERT INTO note(rowid, title, body) VALUES (7, 'a', 'running'), (21, 'b', NULL);";
    for walk in Pair::new(from, rows, &to).walk() {
        assert!(walk.plan.losses.is_empty(), "{:?}", walk.plan.losses);
        assert_eq!(
            walk.upgraded.text("SELECT rowid, title, body FROM note"),
            ["7|'a'|'running'", "21|'b'|NULL"]
        );
        assert_eq!(walk.upgraded.text("SELECT rowid FROM note WHERE note MATCH 'run'"), ["7"]);
        walk.upgraded.run("INSERT INTO note(note) VALUES ('integrity-check'); INSERT INTO t VALUES ('new')");
        assert_eq!(walk.upgraded.text("SELECT count(*) FROM titles"), ["3"]);
    }
    let less = from.replace("fts5(title, body)", "fts5(title)");
    for walk in Pair::new(from, rows, &less).walk() {
        assert_eq!(
            walk.plan.open_losses().next().unwrap().to_string(),
            "every value of column note.body is lost"
        );
    }
}

#[test]
fn a_dropped_virtual_table_with_rows_of_its_own_asks_like_a_table() {
    for (definition, is_lost) in [
        ("fts5(body)", true),
        ("fts4(body)", true),
        ("rtree(id, x0, x1)", true),
        ("fts5(body, content='')", true),
        ("fts5vocab('note', 'row')", false),
    ] {
        let from = format!("CREATE TABLE t(a); CREATE VIRTUAL TABLE v USING {definition};");
        let to = "CREATE TABLE t(a);";
        for walk in Pair::new(&from, "INSERT INTO t VALUES (1);", to).walk() {
            assert_eq!(walk.plan.open_losses().count(), usize::from(is_lost), "{definition}");
        }
        for walk in Pair::new(&from, "", to).drop("v").walk() {
            assert_eq!(walk.plan.open_losses().count(), 0);
        }
    }
}

#[test]
fn shadow_tables_are_in_no_schema_and_in_no_plan() {
    let from = "CREATE TABLE doc_text_notes(x); CREATE TABLE t(a);";
    let to = format!(
        "{KEYED} CREATE TABLE doc_text_notes(x); CREATE TABLE t(a); CREATE VIRTUAL TABLE old USING fts4(a);
        CREATE VIRTUAL TABLE box USING rtree(id, x0, x1);"
    );
    let names: Vec<String> = schema_of(&to).tables.iter().map(|table| table.name.to_string()).collect();
    assert_eq!(names, ["doc", "doc_text_notes", "t"]);
    for walk in Pair::new(from, "", &to).walk() {
        for step in walk.plan.up.iter().chain(&walk.plan.down) {
            assert!(
                !["_data", "_idx", "_segdir", "_node"].iter().any(|end| step.sql.contains(end)),
                "{}",
                step.sql
            );
        }
    }
}

#[test]
fn an_index_matches_after_every_kind_of_change_and_after_the_way_back() {
    let keyed = KEYED.replace("title TEXT", "title TEXT CHECK (title IN ('007', 'b', 'd'))");
    let change = |pairs: &[(&str, &str)]| -> String {
        pairs.iter().fold(keyed.clone(), |text, (from, to)| text.replace(from, to))
    };
    let never = Answers::default;
    let rename = |flags: &[&str]| {
        let mut answers = Answers::default();
        flags.iter().for_each(|flag| answers.rename(flag).unwrap());
        answers
    };
    let cases: Vec<(String, Answers)> = vec![
        (change(&[("'b', 'd'", "'bee', 'd'")]), rename(&["doc.title.b:doc.title.bee"])),
        (change(&[("body TEXT)", "body TEXT NOT NULL DEFAULT 'nothing')")]), never()),
        (change(&[("body TEXT)", "body TEXT DEFAULT (lower('X')))")]), never()),
        (
            change(&[
                ("id INTEGER PRIMARY KEY,", "id INTEGER NOT NULL UNIQUE,"),
                ("body TEXT)", "body TEXT, PRIMARY KEY (id))"),
            ]),
            never(),
        ),
        (change(&[("id INTEGER PRIMARY KEY,", "id INTEGER PRIMARY KEY AUTOINCREMENT,")]), never()),
        (change(&[("body TEXT)", "body TEXT) STRICT")]), never()),
        (
            change(&[
                ("(id INTEGER", "(key INTEGER"),
                ("='id'", "='key'"),
                ("new.id", "new.key"),
                ("old.id", "old.key"),
            ]),
            rename(&["doc.id:doc.key"]),
        ),
        (
            change(&[
                ("TABLE doc(", "TABLE \"my docs\"("),
                ("ON doc ", "ON \"my docs\" "),
                ("content='doc'", "content='my docs'"),
                ("body TEXT)", "body TEXT NOT NULL DEFAULT '')"),
            ]),
            rename(&["doc:\"my docs\""]),
        ),
        (change(&[("fts5(title, body,", "fts5(body, title,")]), never()),
        (change(&[("fts5(title, body,", "fts5(title, body, detail='column', prefix='2',")]), never()),
    ];
    let rows = ROWS
        .replace("VALUES (40, 'd', 'four')", "VALUES (40, 'd', NULL)")
        .replace("(12, 'c', NULL)", "(12, 'd', 'x')");
    for (to, answers) in cases {
        let mut pair = Pair::new(&keyed, &rows, &to).changed(&["doc.body", "doc.title", "my docs.body"]);
        pair.reversible = false;
        pair.answers = answers;
        for walk in pair.walk() {
            matches(&walk, "doc_text");
            walk.upgraded.run(&crate::harness::text(&walk.plan.down));
            matches(&walk, "doc_text");
        }
    }
}

#[test]
fn an_index_that_would_lose_its_content_is_told_before() {
    let alone = "CREATE TABLE doc(id INTEGER PRIMARY KEY, title TEXT, body TEXT);
        CREATE VIRTUAL TABLE doc_text USING fts5(title, body, content='doc', content_rowid='id');";
    for (old, new, flag) in [
        (", body TEXT)", ")", None),
        ("title TEXT", "heading TEXT", Some("doc.title:doc.heading")),
        ("TABLE doc(", "TABLE paper(", Some("doc:paper")),
    ] {
        let mut answers = Answers { allow_every_loss: true, ..Answers::default() };
        flag.into_iter().for_each(|flag| answers.rename(flag).unwrap());
        let (from, to) = (schema_of(alone), schema_of(&alone.replace(old, new)));
        let comparison = compare(&from, &to, &to, &answers).unwrap();
        for target in TARGETS {
            let error = plan::sqlite(&from, &to, &comparison, &answers, target).unwrap_err();
            assert!(error.what().contains("doc_text"), "{error}");
            assert!(error.reason().unwrap().contains("no such"), "{error}");
            assert_eq!(error.data_state(), Some("nothing was changed"));
        }
    }
}

#[test]
fn an_index_over_a_view_follows_what_the_view_gives() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b TEXT);
        CREATE VIEW tw AS SELECT id, a AS body FROM t;
        CREATE VIEW tv AS SELECT id, body FROM tw;
        CREATE VIRTUAL TABLE f USING fts5(body, content='tv', content_rowid='id');";
    let rows =
        "INSERT INTO t VALUES (1, '007', 'two'), (5, 'three', 'four'); INSERT INTO f(f) VALUES ('rebuild');";
    let other = [
        from.replace("SELECT id, body FROM tw", "SELECT id, upper(body) || ' more' AS body FROM tw"),
        from.replace("a AS body FROM t", "b AS body FROM t"),
        from.replace("FROM tw;", "FROM tw WHERE id > 1;"),
    ];
    for to in other {
        for walk in Pair::new(from, rows, &to).walk() {
            matches(&walk, "f");
            assert!(
                [&walk.plan.up, &walk.plan.down].iter().all(|steps| rebuilds(steps) == 1),
                "{:?}",
                walk.plan
            );
            assert!(walk.plan.losses.is_empty());
        }
    }
    let numbers = from.replace("a TEXT", "a INTEGER");
    let mut pair = Pair::new(from, rows, &numbers).changed(&["t.a"]);
    pair.reversible = false;
    for walk in pair.walk() {
        matches(&walk, "f");
        assert_eq!(walk.upgraded.text("SELECT rowid FROM f WHERE f MATCH '7'"), ["1"]);
    }
    for walk in Pair::new(from, rows, &format!("{from} CREATE INDEX i ON t(a);")).walk() {
        assert_eq!(rebuilds(&walk.plan.up), 0);
    }
}

fn rebuilds(steps: &[plan::Step]) -> usize {
    steps.iter().filter(|step| step.sql.contains("'rebuild'")).count()
}

#[test]
fn an_index_without_content_is_the_only_copy_and_asks_like_a_table() {
    let from = "CREATE TABLE t(a); CREATE VIRTUAL TABLE f USING fts5(body, content='');";
    let rows = "INSERT INTO t VALUES (1); INSERT INTO f(rowid, body) VALUES (1, 'one two'), (4, 'three');";
    let stemmed = from.replace("content=''", "content='', tokenize='porter'");
    for to in ["CREATE TABLE t(a);", &stemmed] {
        for keeping in [Keeping::AsBefore, Keeping::KeepDropped] {
            let mut pair = Pair::new(from, rows, to);
            pair.answers.keeping = keeping;
            for target in TARGETS {
                let plan = pair.plan(target);
                let open: Vec<String> = plan.open_losses().map(|loss| loss.what.to_string()).collect();
                assert_eq!(open, ["f"]);
                assert!(plan.irreversible.iter().any(|why| why.contains("of f cannot come back")));
            }
        }
        let mut pair = Pair::new(from, rows, to).drop("f");
        pair.reversible = false;
        for walk in pair.walk() {
            assert_eq!(walk.plan.open_losses().count(), 0);
        }
    }
}
