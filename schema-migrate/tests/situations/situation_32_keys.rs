//! Situations 22, 25, 31 and 32: rows that stand against a rule that is new, found before anything is
//! changed: NULL, CHECK, UNIQUE, primary and foreign keys.

use schema_migrate::diff::compare;
use schema_migrate::plan;

use crate::harness::{Pair, TARGETS, schema_of};

#[test]
fn situation_25_rows_that_get_the_default_for_null_are_counted() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER);";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER NOT NULL DEFAULT 0);";
    let rows = "INSERT INTO t VALUES (1, 1), (2, NULL), (3, NULL);";
    assert_eq!(
        Pair::new(from, rows, to).asked(),
        ["t.n gets 0 where it is NULL: 2 rows\n  id = 2, n = NULL\n  id = 3, n = NULL"]
    );
}

#[test]
fn situation_22_a_backfill_that_gives_null_is_found() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT);";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, email TEXT NOT NULL);";
    let rows = "INSERT INTO t VALUES (1, 'a'), (2, NULL);";
    assert_eq!(
        Pair::new(from, rows, to).backfill("t.email=name || '@example.org'").asked(),
        ["what fills t.email is never NULL: 1 row\n  id = 2, email = NULL"]
    );
    // What waits for a value says how many rows wait.
    for target in TARGETS {
        let plan = Pair::new(from, rows, to).plan(target);
        assert_eq!(plan.blocked[0].query.as_deref(), Some("SELECT \"id\" FROM \"t\" WHERE 1"));
    }
}

#[test]
fn situation_31_values_that_a_narrowed_check_or_enum_refuses_are_listed() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, age INTEGER CHECK (age >= 0), state TEXT CHECK (state IN ('a', 'b', 'c')), done);";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, age INTEGER, state TEXT, done,
              CONSTRAINT adult CHECK (t.age >= 18 /* years */),
              CONSTRAINT t_state CHECK (state IN ('a', 'b')), CONSTRAINT t_done CHECK (done IN (0, 1)));";
    let rows = "INSERT INTO t VALUES (1, 17, 'a', 0), (2, 40, 'c', 1), (3, NULL, NULL, 2);";
    assert_eq!(
        Pair::new(from, rows, to).drop("t.state.c").asked(),
        [
            "every row of t passes the check adult: age >= 18: 1 row\n  id = 1, age = 17",
            "every value of t.state is one of 'a', 'b': 1 row\n  id = 2, state = 'c'",
            "every row of t passes the check t_done: done IN (0, 1): 1 row\n  id = 3, done = 2",
        ]
    );
    // Widened again nothing is asked.
    assert_eq!(
        Pair::new(to, "", &from.replace("CHECK (age >= 0)", "").replace("'b', ", "'b', 'd', ")).asked().len(),
        1
    );
}

#[test]
fn situation_31_a_check_is_asked_under_the_names_that_the_rows_have_now() {
    let from = "CREATE TABLE people(id INTEGER PRIMARY KEY, years INTEGER, mail TEXT);";
    let to = "CREATE TABLE users(id INTEGER PRIMARY KEY, age INTEGER CHECK (users.age < 150), mail TEXT NOT NULL DEFAULT 'none' CHECK (mail <> ''));";
    let rows = "INSERT INTO people VALUES (1, 200, ''), (2, 30, NULL);";
    let pair = Pair::new(from, rows, to).rename("people:users").rename("people.years:users.age");
    assert_eq!(
        pair.asked(),
        [
            "users.mail gets 'none' where it is NULL: 1 row\n  id = 2, mail = NULL",
            "every row of users passes the check age < 150: 1 row\n  id = 1, age = 200",
            "every row of users passes the check mail <> '': 1 row\n  id = 1, mail = ''",
        ]
    );
}

#[test]
fn situation_31_a_check_on_a_new_column_is_asked_of_what_fills_it() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER);";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER, k INTEGER NOT NULL CHECK (k > n));";
    let rows = "INSERT INTO t VALUES (1, 1), (2, 20);";
    let asked = Pair::new(from, rows, to).backfill("t.k=10").asked();
    assert_eq!(
        asked.last().unwrap(),
        "every row of t passes the check k > n: 1 row\n  id = 2, n = 20, k = 10"
    );
}

#[test]
fn rows_that_are_not_unique_are_listed_together() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, mail TEXT, box TEXT, gone);";
    let rows = "INSERT INTO t VALUES (1, 'a', 'x', 1), (2, 'A', 'x', NULL), (3, NULL, 'x', NULL), (4, NULL, 'x', NULL), (5, 'b', 'x', NULL);";
    let twins = "2 rows\n  id = 1, mail = 'a'\n  id = 2, mail = 'A'";
    for (more, index) in [
        (", UNIQUE (mail COLLATE NOCASE)", ""),
        ("", "CREATE UNIQUE INDEX i ON t(mail COLLATE NOCASE);"),
        ("", "CREATE UNIQUE INDEX i ON t(lower(mail));"),
    ] {
        let to = format!("{}{index}", from.replace(");", &format!("{more});")));
        let asked = Pair::new(from, rows, &to).asked();
        assert_eq!(asked.len(), 1, "{to}");
        assert!(asked[0].ends_with(twins), "{}", asked[0]);
    }
    // Only rows of the predicate count, and it is changed without a rebuild.
    let partial =
        |filter: &str| format!("{from}CREATE UNIQUE INDEX i ON t(box, lower(mail)) WHERE {filter};");
    assert_eq!(
        Pair::new(from, rows, &partial("gone IS NULL")).asked(),
        ["no two rows of t have the same \"box\", lower(mail) where gone IS NULL: i is unique: 0 rows"]
    );
    let asked = Pair::new(&partial("gone IS NULL"), rows, &partial("id > 0")).asked();
    assert!(asked[0].contains("2 rows"), "{asked:?}");
}

#[test]
fn another_collation_of_a_unique_column_is_asked() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, mail TEXT UNIQUE);";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, mail TEXT COLLATE NOCASE UNIQUE);";
    let rows = "INSERT INTO t VALUES (1, 'a'), (2, 'A'), (3, 'b');";
    assert_eq!(
        Pair::new(from, rows, to).asked(),
        ["no two rows of t have the same mail: 2 rows\n  id = 1, mail = 'a'\n  id = 2, mail = 'A'"]
    );
    // What was kept apart by fewer columns is apart by more.
    let wider = "CREATE TABLE t(id INTEGER PRIMARY KEY, mail TEXT UNIQUE, UNIQUE (mail, id));";
    assert_eq!(Pair::new(from, rows, wider).asked(), [""; 0]);
}

#[test]
fn situation_32_a_key_that_is_not_one_is_found_before_the_copy() {
    let from = "CREATE TABLE t(a TEXT, b TEXT NOT NULL, PRIMARY KEY (a, b));";
    let to = "CREATE TABLE t(a TEXT, b TEXT NOT NULL, PRIMARY KEY (b)) WITHOUT ROWID;";
    let rows = "INSERT INTO t VALUES ('1', 'x'), ('2', 'x'), (NULL, 'y');";
    assert_eq!(
        Pair::new(from, rows, to).asked(),
        [
            "no two rows of t have the same b: it is the key: 2 rows\n  rowid = 1, b = 'x'\n  rowid = 2, b = 'x'"
        ]
    );
    let none = "CREATE TABLE t(a TEXT, b TEXT NOT NULL);";
    let asked = Pair::new(none, rows, from).asked();
    assert_eq!(asked, ["no two rows of t have the same a, b: it is the key: 0 rows"]);
}

#[test]
fn situation_32_children_without_a_parent_are_found_when_a_foreign_key_is_added() {
    let parent = "CREATE TABLE p(id INTEGER PRIMARY KEY, code TEXT COLLATE NOCASE UNIQUE);";
    let from = format!("{parent}CREATE TABLE c(id INTEGER PRIMARY KEY, p_id INTEGER, code TEXT);");
    let to = format!(
        "{parent}CREATE TABLE c(id INTEGER PRIMARY KEY, p_id INTEGER REFERENCES p, code TEXT REFERENCES p(code));"
    );
    let rows = "INSERT INTO p VALUES (1, 'a'), (2, NULL);
                INSERT INTO c VALUES (1, 1, 'A'), (2, NULL, NULL), (3, 9, 'b');";
    assert_eq!(
        Pair::new(&from, rows, &to).asked(),
        [
            "every row of c with p_id has its row in p (id): 1 row\n  id = 3, p_id = 9",
            "every row of c with code has its row in p (code): 1 row\n  id = 3, code = 'b'",
        ]
    );
    // Another action asks nothing: who had no parent before has none now.
    let cascade = to.replace("REFERENCES p,", "REFERENCES p ON DELETE CASCADE,");
    for target in TARGETS {
        assert_eq!(Pair::new(&to, "", &cascade).plan(target).expectations, []);
    }
}

#[test]
fn situation_32_children_keep_their_parent_when_its_primary_key_grows() {
    let from = "CREATE TABLE p(id TEXT PRIMARY KEY NOT NULL); CREATE TABLE c(id INTEGER PRIMARY KEY, p TEXT REFERENCES p);";
    let rows = "INSERT INTO p VALUES ('a'), ('b'); INSERT INTO c VALUES (1, 'a'), (2, 'b');";
    let composite = "CREATE TABLE p(id TEXT NOT NULL, lang TEXT NOT NULL DEFAULT 'en', PRIMARY KEY (id, lang), UNIQUE (id));
                     CREATE TABLE c(id INTEGER PRIMARY KEY, p TEXT REFERENCES p(id));";
    for walk in Pair::new(from, rows, composite).walk() {
        assert_eq!(walk.upgraded.text("SELECT id, lang FROM p ORDER BY id"), ["'a'|'en'", "'b'|'en'"]);
    }
}

#[test]
fn situation_32_a_parent_key_that_is_no_longer_one_is_refused_before_there_is_a_plan() {
    let from = "CREATE TABLE p(id INTEGER PRIMARY KEY, code TEXT UNIQUE); CREATE TABLE c(id INTEGER PRIMARY KEY, code TEXT REFERENCES p(code));";
    for (parent, why) in [
        ("CREATE TABLE p(id INTEGER PRIMARY KEY, code TEXT);", "code"),
        (
            "CREATE TABLE p(id INTEGER PRIMARY KEY, code TEXT); CREATE UNIQUE INDEX i ON p(code) WHERE id > 3;",
            "code",
        ),
        ("CREATE TABLE p(id INTEGER PRIMARY KEY, code TEXT); CREATE UNIQUE INDEX i ON p(code, id);", "code"),
        (
            "CREATE TABLE p(id INTEGER PRIMARY KEY, code TEXT); CREATE UNIQUE INDEX i ON p(code COLLATE NOCASE);",
            "code",
        ),
    ] {
        let to = format!("{parent} CREATE TABLE c(id INTEGER PRIMARY KEY, code TEXT REFERENCES p(code));");
        let (old, new) = (schema_of(from), schema_of(&to));
        let answers = schema_migrate::diff::Answers::default();
        let comparison = compare(&old, &new, &new, &answers).unwrap();
        for target in TARGETS {
            let error = plan::sqlite(&old, &new, &comparison, &answers, target).unwrap_err();
            assert!(error.what().contains("`c` would refer to columns of `p` that are no key"), "{error}");
            assert!(error.reason().unwrap().contains(why));
            assert_eq!(error.data_state(), Some("nothing was changed"));
        }
        // One that was so before stays what it is.
        let more = to.replace("CREATE TABLE p(id", "CREATE TABLE p(more, id");
        assert_eq!(Pair::new(&to, "", &more).plan(TARGETS[1]).expectations, []);
    }
}

#[test]
fn a_generated_column_that_forbids_null_is_asked_of_what_it_computes() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, a INTEGER);";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, a INTEGER, b INTEGER NOT NULL AS (a * 2) STORED);";
    let rows = "INSERT INTO t VALUES (1, 1), (2, NULL);";
    assert_eq!(
        Pair::new(from, rows, to).asked(),
        ["t.b computes NULL for no row: a * 2: 1 row\n  id = 2, b = NULL"]
    );
}

#[test]
fn a_member_joins_a_composite_key_with_a_constant_and_leaves_it_again() {
    let small = "CREATE TABLE t(id TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (id)) WITHOUT ROWID;";
    let large = "CREATE TABLE t(id TEXT NOT NULL, lang TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (id, lang)) WITHOUT ROWID;";
    let rows = "INSERT INTO t VALUES ('a', '2020'), ('b', '2021');";
    for walk in Pair::new(small, rows, large).backfill("t.lang='en'").walk() {
        assert_eq!(walk.upgraded.text("SELECT * FROM t"), ["'a'|'en'|'2020'", "'b'|'en'|'2021'"]);
    }
    // Out again: rows that would be one are listed, and the copy is never begun.
    let rows = "INSERT INTO t VALUES ('a', 'de', '2020'), ('a', 'en', '2022'), ('b', 'en', '2021');";
    assert_eq!(
        Pair::new(large, rows, small).drop("t.lang").asked(),
        [
            "no two rows of t have the same id: it is the key: 2 rows\n  lang = 'de', id = 'a'\n  lang = 'en', id = 'a'"
        ]
    );
}

#[test]
fn situation_32_a_parent_key_whose_values_change_is_asked_of_its_children() {
    let tables = |kind: &str| {
        format!(
            "CREATE TABLE p(id {kind} NOT NULL PRIMARY KEY, n); CREATE TABLE c(id INTEGER PRIMARY KEY, p TEXT REFERENCES p);"
        )
    };
    let rows = "INSERT INTO p VALUES ('a', 1), ('b', 2); INSERT INTO c VALUES (1, 'a'), (2, 'b');";
    let (from, to) = (tables("TEXT"), tables("VARCHAR(9)"));
    let pair = |convert: &str| Pair::new(&from, rows, &to).convert(convert);
    assert_eq!(
        pair("p.id=CASE id WHEN 'b' THEN 'B' ELSE id END").asked().last().unwrap(),
        "every row of c with p has its row in p (id): 1 row\n  id = 2, p = 'b'"
    );
    let same = pair("p.id=trim(id)").asked();
    assert!(same.iter().all(|text| text.ends_with(": 0 rows")), "{same:?}");
}

#[test]
fn questions_are_asked_among_many_tables_and_under_odd_names() {
    let many: Vec<String> =
        (0..260).map(|number| format!("CREATE TABLE far_{number}(id INTEGER PRIMARY KEY);")).collect();
    let many = many.concat();
    let from =
        format!("{many}CREATE TABLE \"a 'b' -- c\"(id INTEGER PRIMARY KEY, \"the \"\"key\"\"\" INTEGER);");
    let to = format!(
        "{many}CREATE TABLE \"a 'b' -- c\"(id INTEGER PRIMARY KEY, \"the \"\"key\"\"\" INTEGER REFERENCES far_77 CHECK (\"the \"\"key\"\"\" < 9));"
    );
    let rows = "INSERT INTO far_77 VALUES (1), (10); INSERT INTO \"a 'b' -- c\" VALUES (1, 1), (2, 3), (3, NULL), (4, 10);";
    assert_eq!(
        Pair::new(&from, rows, &to).asked(),
        [
            "every row of a 'b' -- c passes the check \"the \"\"key\"\"\" < 9: 1 row\n  id = 4, the \"key\" = 10",
            "every row of a 'b' -- c with the \"key\" has its row in far_77 (id): 1 row\n  id = 2, the \"key\" = 3",
        ]
    );
    // A name over two lines cannot stand in a comment: the statement itself finds what is wrong.
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, \"a\nb\" INTEGER);";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, \"a\nb\" INTEGER UNIQUE);";
    for target in TARGETS {
        assert_eq!(Pair::new(from, "", to).plan(target).expectations, []);
    }
}

#[test]
fn rows_without_a_parent_are_told_as_sqlite_compares_them() {
    let types = ["TEXT", "INT", "REAL", "NUMERIC", "BLOB"];
    let values = "('02'), (2), (2.0), ('2'), (x'32'), ('abc'), ('ABC'), (2.5), ('2.5'), (' 2')";
    let mut cases = Vec::new();
    for parent in types {
        cases.extend(types.map(|child| (parent.to_owned(), child.to_owned())));
    }
    for (parent, child) in
        [("", " COLLATE NOCASE"), (" COLLATE NOCASE", ""), (" COLLATE NOCASE", " COLLATE RTRIM")]
    {
        cases.push((format!("TEXT{parent}"), format!("TEXT{child}")));
    }
    for (parent, child) in &cases {
        for known in ["'02'", "2", "'2'", "'abc'", "2.5", "x'32'"] {
            let from = format!("CREATE TABLE p(id {parent} PRIMARY KEY); CREATE TABLE c(p {child});");
            let to =
                format!("CREATE TABLE p(id {parent} PRIMARY KEY); CREATE TABLE c(p {child} REFERENCES p);");
            let rows = format!("INSERT INTO p VALUES ({known}); INSERT INTO c VALUES {values};");
            let asked = ask_parents(&Pair::new(&from, &rows, &to));
            assert_eq!(asked.0, asked.1, "{parent} {child} {known}");
        }
    }
}

/// What the plan's question finds, and what SQLite's own check finds once the key is there.
fn ask_parents(pair: &Pair<'_>) -> (u64, u64) {
    let plan = pair.plan(TARGETS[1]);
    let database = schema_core::rusqlite::Connection::open_in_memory().unwrap();
    database.execute_batch("PRAGMA foreign_keys=OFF").unwrap();
    database.execute_batch(pair.from).unwrap();
    database.execute_batch(pair.rows).unwrap();
    let of_parents = plan.expectations.iter().find(|expectation| expectation.what.contains("has its row in"));
    let asked = schema_migrate::run::ask(&database, of_parents.unwrap()).unwrap().rows;
    for step in &plan.up {
        database.execute_batch(&step.sql).unwrap();
    }
    let found = database
        .query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get::<_, i64>(0))
        .unwrap();
    (asked, u64::try_from(found).unwrap())
}
