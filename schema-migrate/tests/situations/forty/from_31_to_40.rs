use schema_migrate::diff::Answers;

use super::OnDisk;
use crate::harness::{Pair, TARGETS};

#[test]
fn situation_31_a_narrowed_check_lists_the_values_and_a_widened_one_is_in_place() {
    let table = |values: &str| {
        format!("CREATE TABLE t(id INTEGER PRIMARY KEY, s TEXT CONSTRAINT t_s CHECK (s IN ({values})));")
    };
    let (wide, narrow) = (table("'a', 'b', 'c'"), table("'a', 'b'"));
    for walk in Pair::new(&narrow, "INSERT INTO t VALUES (1, 'a'), (2, NULL);", &wide).walk() {
        assert_eq!(walk.plan.rebuilt.is_empty(), walk.target == TARGETS[0]);
    }
    let database = OnDisk::new(&format!("{wide} INSERT INTO t VALUES (1, 'a'), (2, 'c'), (3, 'c');"));
    let before = database.dump();
    let refused = database.apply(&narrow, &Answers::default()).unwrap_err();
    let told = format!("{refused}\n{}", refused.reason().unwrap_or_default());
    assert!(told.contains('2') && told.contains('c'), "{told}");
    assert_eq!(database.dump(), before);
}

#[test]
fn situation_32_a_primary_key_changes_under_its_children_and_a_key_that_is_none_is_found() {
    let from = "CREATE TABLE p(id INTEGER PRIMARY KEY, code TEXT NOT NULL);
        CREATE TABLE c(id INTEGER PRIMARY KEY, p INTEGER REFERENCES p(id));";
    let to = "CREATE TABLE p(id INTEGER NOT NULL UNIQUE, code TEXT NOT NULL PRIMARY KEY);
        CREATE TABLE c(id INTEGER PRIMARY KEY, p INTEGER REFERENCES p(id));";
    for walk in
        Pair::new(from, "INSERT INTO p VALUES (1, 'x'), (2, 'y'); INSERT INTO c VALUES (1, 2);", to).walk()
    {
        assert_eq!(walk.upgraded.text("SELECT code FROM p JOIN c ON c.p = p.id"), ["'y'"]);
    }
    let database =
        OnDisk::new(&format!("{from} INSERT INTO p VALUES (1, 'x'); INSERT INTO c VALUES (1, 1);"));
    let before = database.dump();
    let without_key = to.replace("id INTEGER NOT NULL UNIQUE", "id INTEGER NOT NULL");
    database.apply(&without_key, &Answers::default()).expect_err("p(id) is no key any more");
    assert_eq!(database.dump(), before);
}

#[test]
fn situation_33_a_composite_key_its_action_and_its_deferral_change_on_both_sides() {
    let parent = "CREATE TABLE p(a INTEGER, b TEXT, PRIMARY KEY (a, b));";
    let child = |key: &str| {
        format!("{parent} CREATE TABLE c(x INTEGER, y TEXT, FOREIGN KEY (x, y) REFERENCES p(a, b){key});")
    };
    let rows =
        "INSERT INTO p VALUES (1, 'x'), (2, 'y'); INSERT INTO c VALUES (1, 'x'), (2, 'y'), (NULL, 'z');";
    let from = child("");
    for key in [" ON DELETE CASCADE", " ON UPDATE SET NULL", " DEFERRABLE INITIALLY DEFERRED"] {
        let to = child(key);
        for walk in Pair::new(&from, rows, &to).walk() {
            if key.contains("CASCADE") {
                walk.upgraded.run("DELETE FROM p WHERE a = 1");
                assert_eq!(walk.upgraded.text("SELECT count(*) FROM c"), ["2"]);
            }
        }
    }
}

#[test]
fn situation_34_texts_that_mean_the_same_are_no_change() {
    let from = "CREATE TABLE p(id INTEGER PRIMARY KEY);
        CREATE TABLE t(a INTEGER DEFAULT (1) REFERENCES p, b BOOLEAN DEFAULT TRUE, c TEXT UNIQUE, CHECK ((a > 0)));
        CREATE VIEW v AS SELECT a FROM t;";
    let to = "create table \"p\" (\"id\" integer primary key);
        create table [t] (/* first */ A INTEGER default 1, B boolean default 1, C text,
          unique (c), check (t.a > 0), foreign key (a) references p(id) on delete no action);
        create view V as\n  select A\n  from T;";
    // Names differ in case alone, which is a rename and no change of what they mean.
    let lowered = to
        .replace(" A ", " a ")
        .replace(" B ", " b ")
        .replace(" C ", " c ")
        .replace("select A", "select a")
        .replace("view V", "view v")
        .replace("from T", "from t");
    let comparison = Pair::new(from, "", &lowered).comparison().2;
    assert!(comparison.is_empty(), "{:?}", comparison.changes);
}

#[test]
fn situation_35_texts_that_mean_something_else_are_seen() {
    for (from, to) in [
        ("a INT PRIMARY KEY", "a INTEGER PRIMARY KEY"),
        ("a TEXT UNIQUE", "a TEXT COLLATE NOCASE UNIQUE"),
        ("a TEXT UNIQUE", "a TEXT UNIQUE ON CONFLICT IGNORE"),
        ("a INTEGER REFERENCES t", "a INTEGER REFERENCES t DEFERRABLE INITIALLY DEFERRED"),
    ] {
        let table = |column: &str| format!("CREATE TABLE t({column}, z TEXT);");
        let comparison = Pair::new(&table(from), "", &table(to)).comparison().2;
        assert!(!comparison.is_empty(), "{from} / {to}");
    }
}

#[test]
fn situation_36_a_unique_constraint_and_a_unique_index_are_one_by_default_and_two_by_setting() {
    let constraint = "CREATE TABLE t(a TEXT, b TEXT, UNIQUE (a, b));";
    let index = "CREATE TABLE t(a TEXT, b TEXT); CREATE UNIQUE INDEX t_key ON t(a, b);";
    for (from, to) in [(constraint, index), (index, constraint)] {
        assert!(Pair::new(from, "", to).comparison().2.is_empty());
        let mut strict = Pair::new(from, "INSERT INTO t VALUES ('a', 'b'), (NULL, NULL), (NULL, NULL);", to);
        strict.answers.strict_unique = true;
        assert_eq!(strict.comparison().2.changes.len(), 2);
        for walk in strict.walk() {
            let indexes = walk
                .upgraded
                .text("SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL");
            assert_eq!(indexes[0] == "1", to == index);
        }
    }
}

#[test]
fn situation_37_odd_names_are_right_everywhere() {
    let names = [
        "it's",
        "say \"hi\"",
        "a.b",
        "select",
        "two words",
        "Bücher",
        "`tick`",
        "[box]",
        "semi;colon",
        "-- no",
    ];
    for name in names {
        let quoted = format!("\"{}\"", name.replace('"', "\"\""));
        let schema = |default: &str| {
            format!(
                "CREATE TABLE {quoted}(id INTEGER PRIMARY KEY, {quoted} TEXT DEFAULT {default} CHECK ({quoted} <> 'no'));
                 CREATE INDEX \"i {}\" ON {quoted}({quoted}); CREATE TABLE child(x INTEGER REFERENCES {quoted}(id));
                 CREATE VIEW v AS SELECT {quoted} FROM {quoted};",
                name.replace('"', "\"\"")
            )
        };
        let (from, to) = (schema("'x'"), schema("'y'"));
        let rows =
            format!("INSERT INTO {quoted} VALUES (1, 'one'), (2, 'two'); INSERT INTO child VALUES (2);");
        for walk in Pair::new(&from, &rows, &to).walk() {
            assert_eq!(walk.upgraded.text("SELECT count(*) FROM v"), ["2"], "{name}");
        }
    }
}

#[test]
fn situation_38_a_temporary_name_that_is_taken_is_left_alone() {
    let rest = "CREATE TABLE _new_t(left_by TEXT); CREATE TABLE \"_new_t_2\"(x);";
    let (from, to) = (
        format!("CREATE TABLE t(a TEXT DEFAULT 1);{rest}"),
        format!("CREATE TABLE t(a TEXT DEFAULT 2);{rest}"),
    );
    let database =
        OnDisk::new(&format!("{from} INSERT INTO t VALUES ('row'); INSERT INTO _new_t VALUES ('a crash');"));
    database.apply(&to, &Answers::default()).unwrap();
    let left: String =
        database.connection().query_row("SELECT left_by FROM _new_t", [], |row| row.get(0)).unwrap();
    assert_eq!(left, "a crash");
}

#[test]
fn situation_39_a_busy_database_and_two_runners_change_nothing_and_settings_come_back() {
    // Crashes and a full disk need processes to kill: the runner's tests have them.
    let database = OnDisk::new("CREATE TABLE t(a TEXT DEFAULT 1); INSERT INTO t VALUES ('row');");
    let before = database.dump();
    let lock = schema_migrate::run::Lock::take(&database.target.database, std::time::Duration::ZERO).unwrap();
    let refused = database.apply("CREATE TABLE t(a TEXT DEFAULT 2);", &Answers::default()).unwrap_err();
    assert_eq!(refused.kind().exit_code(), 5, "{refused}");
    drop(lock);
    assert_eq!(database.dump(), before);
    database.apply("CREATE TABLE t(a TEXT DEFAULT 2);", &Answers::default()).unwrap();
    assert!(database.home.path().join("app.db").exists());
}

#[test]
fn situation_40_parents_and_children_go_a_table_becomes_a_view_and_the_way_back_says_what_it_cannot() {
    let from = "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(p INTEGER NOT NULL REFERENCES p ON DELETE RESTRICT);
        CREATE TABLE kept(a TEXT); CREATE TABLE turned(a TEXT);";
    let to = "CREATE TABLE kept(a TEXT); CREATE VIEW turned AS SELECT a FROM kept;";
    let rows = "INSERT INTO p VALUES (1); INSERT INTO c VALUES (1); INSERT INTO kept VALUES ('k'); INSERT INTO turned VALUES ('t');";
    let pair = Pair::new(from, rows, to);
    assert_eq!(pair.plan(TARGETS[0]).open_losses().count(), 3);
    for walk in pair.drop("p").drop("c").drop("turned").walk() {
        assert_eq!(walk.upgraded.text("SELECT a FROM turned"), ["'k'"]);
        assert!(walk.plan.irreversible.iter().any(|text| text.contains('p')), "{:?}", walk.plan.irreversible);
        assert!(!walk.plan.irreversible.is_empty());
    }
}
