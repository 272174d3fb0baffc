//! Situation 40, with `--keep-dropped`: what goes is kept aside, and the way down brings it back.

use schema_core::rusqlite::Connection;
use schema_migrate::diff::{Answers, Keeping, compare};
use schema_migrate::files::{Draft, Revision};
use schema_migrate::keep::{Destination, destination, with_kept};
use schema_migrate::plan::{self, EngineVersion, Plan};

use super::harness::{TARGETS, apply, schema_of, text};

struct Case<'a> {
    from: &'a str,
    rows: &'a str,
    to: &'a str,
    answers: Answers,
    /// What happens between the way up and the way down.
    meanwhile: &'a str,
    /// Which rows are compared afterwards, by table; all where there is nothing.
    only: &'a str,
}

impl<'a> Case<'a> {
    fn new(from: &'a str, rows: &'a str, to: &'a str) -> Self {
        let answers = Answers { keeping: Keeping::KeepDropped, no_renames: true, ..Answers::default() };
        Self { from, rows, to, answers, meanwhile: "", only: "" }
    }

    fn plan(&self, target: EngineVersion) -> (Destination, Plan) {
        let (from, to) = (schema_of(self.from), schema_of(self.to));
        let destination = destination(&from, &to, &to, &self.answers).unwrap();
        assert!(destination.comparison.questions.is_empty());
        let Destination { schema, answers, comparison } = &destination;
        let plan = plan::sqlite(&from, schema, comparison, answers, target).unwrap();
        assert!(plan.blocked.is_empty(), "{:?}", plan.blocked);
        (destination, plan)
    }

    /// Goes up and down for every target. Gives the names of what was kept, and the plan, of the last.
    fn walk(&self, looks: impl Fn(&Connection)) -> (Vec<String>, Plan) {
        let mut kept = Vec::new();
        let mut last = None;
        for target in TARGETS {
            let (destination, plan) = self.plan(target);
            assert_eq!(plan.losses, [], "nothing is lost");
            let database = Connection::open_in_memory().unwrap();
            database.execute_batch(self.from).unwrap();
            database.execute_batch(self.rows).unwrap();
            database.pragma_update(None, "foreign_keys", true).unwrap();
            let before = cells(&database, self.only);
            apply(&database, &plan.up, plan.foreign_keys_off);
            assert_schema(&database, &destination.schema, &text(&plan.up));
            kept = strings(
                &database,
                "SELECT name FROM sqlite_schema WHERE name LIKE '\\_kept\\_%' ESCAPE '\\' AND type = 'table' ORDER BY name",
            );
            looks(&database);
            database.execute_batch(self.meanwhile).unwrap();
            apply(&database, &plan.down, plan.foreign_keys_off);
            assert_schema(&database, &schema_of(self.from), &text(&plan.down));
            let after = cells(&database, self.only);
            assert!(before == after, "{target}: {before:.2000}\n--\n{after:.2000}\n{}", text(&plan.down));
            last = Some(plan);
        }
        (kept, last.unwrap())
    }
}

fn assert_schema(database: &Connection, wanted: &schema_core::model::SchemaDef, script: &str) {
    let live = schema_migrate::inspect::sqlite::schema(database).unwrap();
    let answers = Answers { no_renames: true, ..Answers::default() };
    let rest = compare(&live, wanted, wanted, &answers).unwrap();
    assert!(rest.is_empty(), "{:?}\n{script}", rest.changes);
}

fn strings(database: &Connection, sql: &str) -> Vec<String> {
    let mut statement = database.prepare(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// Every cell with its type, every index, every trigger: a line each.
fn cells(database: &Connection, only: &str) -> String {
    let mut lines = Vec::new();
    for table in strings(
        database,
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
    ) {
        let quoted = schema_core::dialect::quote_identifier(&table);
        let columns = strings(
            database,
            &format!("SELECT name FROM pragma_table_xinfo({})", schema_core::dialect::quote_text(&table)),
        );
        let cells: Vec<String> = columns
            .iter()
            .map(|name| {
                let name = schema_core::dialect::quote_identifier(name);
                format!("typeof({name}) || ' ' || quote({name})")
            })
            .collect();
        lines.push(table.clone());
        lines.extend(strings(
            database,
            &format!("SELECT {} FROM {quoted} {only} ORDER BY 1", cells.join(" || ', ' || ")),
        ));
    }
    lines.extend(strings(
        database,
        "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema WHERE type IN ('index', 'trigger', 'view') ORDER BY 1",
    ));
    lines.join("\n")
}

const SHOP: &str =
    "CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT NOT NULL, code, age INTEGER DEFAULT 7);
    CREATE INDEX users_name ON users(name);";

/// Values of every kind, some of which their column's type would rewrite: 20,000 rows.
const ROWS: &str = "INSERT INTO users
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
    SELECT i * 3, 'name ' || i,
      CASE i % 6 WHEN 0 THEN '007' WHEN 1 THEN 7 WHEN 2 THEN 7.0 WHEN 3 THEN x'00ff' WHEN 4 THEN NULL ELSE '1e3' END,
      CASE i % 4 WHEN 0 THEN NULL WHEN 1 THEN i WHEN 2 THEN 'seven' ELSE x'07' END
    FROM n;";

#[test]
fn a_dropped_column_of_20_000_rows_comes_back_cell_by_cell() {
    let case = Case::new(
        SHOP,
        ROWS,
        "CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
         CREATE INDEX users_name ON users(name);",
    );
    let (kept, plan) = case.walk(|database| {
        let types = strings(database, "SELECT DISTINCT typeof(code) FROM _kept_users_code ORDER BY 1");
        assert_eq!(types, ["blob", "integer", "null", "real", "text"]);
    });
    assert_eq!(kept, ["_kept_users_age", "_kept_users_code"]);
    assert_eq!(plan.irreversible, Vec::<String>::new());
}

#[test]
fn rows_that_are_stored_meanwhile_get_null_or_the_default() {
    let mut case = Case::new(
        SHOP,
        "",
        "CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT NOT NULL); CREATE INDEX users_name ON users(name);",
    );
    case.rows = "INSERT INTO users VALUES (1, 'a', 'x', NULL), (2, 'b', '007', 3), (5, 'gone', 'y', 9);";
    case.meanwhile = "INSERT INTO users VALUES (3, 'c'); DELETE FROM users WHERE id = 5;";
    case.only = "WHERE id < 3";
    for target in TARGETS {
        let (_, plan) = case.plan(target);
        let database = Connection::open_in_memory().unwrap();
        database.execute_batch(&format!("{}{}", case.from, case.rows)).unwrap();
        apply(&database, &plan.up, plan.foreign_keys_off);
        database.execute_batch(case.meanwhile).unwrap();
        apply(&database, &plan.down, plan.foreign_keys_off);
        let rows =
            strings(&database, "SELECT id || ' ' || quote(code) || ' ' || quote(age) FROM users ORDER BY id");
        assert_eq!(rows, ["1 'x' NULL", "2 '007' 3", "3 NULL 7"], "{}", text(&plan.down));
    }
}

#[test]
fn a_column_that_forbids_null_says_what_rows_get_that_are_stored_meanwhile() {
    let mut case = Case::new(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT NOT NULL, u TEXT NOT NULL UNIQUE);",
        "INSERT INTO t VALUES (1, 'x', 'y');",
        "CREATE TABLE t(id INTEGER PRIMARY KEY);",
    );
    let (_, plan) = case.walk(|_| {});
    assert_eq!(
        plan.irreversible,
        [
            "rows that are stored meanwhile have no value in t.a and get ''",
            "t.u must hold no NULL, and rows that are stored meanwhile have no value for it",
        ]
    );
    case.to = "CREATE TABLE t(id INTEGER PRIMARY KEY, u TEXT NOT NULL UNIQUE);";
    case.meanwhile = "INSERT INTO t VALUES (2, 'z'); DELETE FROM t WHERE id = 2;";
    case.walk(|_| {});
}

#[test]
fn keys_of_every_kind_find_their_values_again() {
    for (key, rows) in [
        ("a TEXT PRIMARY KEY NOT NULL COLLATE NOCASE, b INTEGER", "('x', 1, 'v'), ('Y', 2, '07')"),
        ("a TEXT NOT NULL, b INTEGER NOT NULL, PRIMARY KEY (a, b)", "('x', 1, 'v'), ('x', 2, NULL)"),
        // No key that could name a row: the rowid does.
        ("a TEXT PRIMARY KEY, b INTEGER", "(NULL, 1, 'v'), (NULL, 2, 'w')"),
        ("a TEXT, rowid INTEGER", "('same', 1, 'v'), ('same', 1, 'w')"),
        ("a INT PRIMARY KEY NOT NULL, b", "('text', 1, 'v'), (2, 2, x'07')"),
    ] {
        let tail = if key.contains("(a, b)") { " WITHOUT ROWID" } else { "" };
        let (columns, constraint) =
            key.split_once(", PRIMARY").map_or((key, ""), |(columns, _)| (columns, ", PRIMARY KEY (a, b)"));
        let from = format!("CREATE TABLE t({columns}, v{constraint}){tail};");
        let to = format!("CREATE TABLE t({columns}{constraint}){tail};");
        let rows = format!("INSERT INTO t VALUES {rows};");
        Case::new(&from, &rows, &to).walk(|_| {});
    }
}

#[test]
fn a_dropped_table_is_moved_with_its_rows_and_comes_back_with_indexes_and_triggers() {
    let case = Case::new(
        "CREATE TABLE users(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT COLLATE NOCASE UNIQUE, up INTEGER REFERENCES users(id),
           n INTEGER GENERATED ALWAYS AS (length(name)) STORED) STRICT;
         CREATE INDEX users_up ON users(up) WHERE up IS NOT NULL;
         CREATE TRIGGER users_touch AFTER UPDATE ON users BEGIN SELECT 1; END;
         CREATE VIEW names AS SELECT name FROM users;
         CREATE TABLE other(id INTEGER PRIMARY KEY, a TEXT);",
        "INSERT INTO users(name, up) VALUES ('a', NULL), ('b', 1), ('c', 2); DELETE FROM users WHERE name = 'c';
         INSERT INTO other VALUES (1, 'x');",
        "CREATE TABLE other(id INTEGER PRIMARY KEY, a TEXT);",
    );
    let (kept, plan) = case.walk(|database| {
        assert_eq!(strings(database, "SELECT name FROM _kept_users ORDER BY id"), ["a", "b"]);
        assert_eq!(
            strings(database, "SELECT name FROM sqlite_schema WHERE type IN ('trigger', 'view')"),
            [""; 0]
        );
        assert_eq!(strings(database, "SELECT name || seq FROM sqlite_sequence"), ["_kept_users3"]);
    });
    assert_eq!(kept, ["_kept_users"]);
    assert!(plan.rebuilt.is_empty(), "a rename is enough: {}", text(&plan.up));
}

#[test]
fn a_kept_table_neither_deletes_nor_defends_rows_of_tables_that_stay() {
    let case = Case::new(
        "CREATE TABLE parents(id INTEGER PRIMARY KEY, a TEXT);
         CREATE TABLE children(id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parents(id) ON DELETE CASCADE, up INTEGER REFERENCES children(id));
         CREATE TABLE grandchildren(id INTEGER PRIMARY KEY, child INTEGER, CONSTRAINT of_child FOREIGN KEY (child) REFERENCES children(id));",
        "INSERT INTO parents VALUES (1, 'x'), (2, 'y'); INSERT INTO children VALUES (1, 1, NULL), (2, 2, 1);
         INSERT INTO grandchildren VALUES (1, 1), (2, 2);",
        "CREATE TABLE parents(id INTEGER PRIMARY KEY, a TEXT); CREATE TABLE grandchildren(id INTEGER PRIMARY KEY, child INTEGER);",
    );
    let (kept, _) = case.walk(|database| {
        database.execute_batch("PRAGMA foreign_keys=ON; SAVEPOINT s; DELETE FROM parents;").unwrap();
        assert_eq!(strings(database, "SELECT CAST(count(*) AS TEXT) FROM _kept_children"), ["2"]);
        database.execute_batch("ROLLBACK TO s; RELEASE s").unwrap();
    });
    assert_eq!(kept, ["_kept_children"]);
}

#[test]
fn parent_and_child_that_go_together_come_back_together() {
    let case = Case::new(
        "CREATE TABLE parents(id INTEGER PRIMARY KEY, a TEXT, b TEXT);
         CREATE TABLE children(id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parents(id) ON DELETE CASCADE);
         CREATE TABLE stays(id INTEGER PRIMARY KEY, gone TEXT, child INTEGER REFERENCES children(id));",
        "INSERT INTO parents VALUES (1, 'x', '007'); INSERT INTO children VALUES (1, 1); INSERT INTO stays VALUES (5, 'v', 1);",
        "CREATE TABLE stays(id INTEGER PRIMARY KEY);",
    );
    let (kept, _) = case.walk(|_| {});
    assert_eq!(kept.len(), 4, "{kept:?}");
}

#[test]
fn what_is_renamed_at_the_same_time_is_found_again() {
    let mut case = Case::new(
        "CREATE TABLE people(key TEXT PRIMARY KEY NOT NULL, name TEXT, gone TEXT);
         CREATE TABLE users(id INTEGER PRIMARY KEY, old TEXT);",
        "INSERT INTO people VALUES ('a', 'x', '1e3'), ('b', 'y', NULL); INSERT INTO users VALUES (1, 'z');",
        // The dropped table's name, and the dropped column's name, are taken by others.
        "CREATE TABLE users(code TEXT PRIMARY KEY NOT NULL, gone TEXT);",
    );
    for rename in ["people:users", "people.key:users.code", "people.name:users.gone"] {
        case.answers.rename(rename).unwrap();
    }
    let (kept, _) = case.walk(|database| {
        assert_eq!(strings(database, "SELECT old FROM _kept_users"), ["z"]);
        assert_eq!(strings(database, "SELECT gone FROM users ORDER BY code"), ["x", "y"]);
    });
    assert_eq!(kept.len(), 2, "{kept:?}");
}

#[test]
fn a_column_that_is_computed_from_now_on_gets_its_values_back() {
    Case::new(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, a INTEGER, b INTEGER);",
        "INSERT INTO t VALUES (1, 2, 99), (2, 3, NULL);",
        "CREATE TABLE t(id INTEGER PRIMARY KEY, a INTEGER, b INTEGER GENERATED ALWAYS AS (a * 2) VIRTUAL);",
    )
    .walk(|database| assert_eq!(strings(database, "SELECT CAST(b AS TEXT) FROM t ORDER BY id"), ["4", "6"]));
}

#[test]
fn a_name_that_is_taken_gives_way_to_a_fresh_one() {
    let case = Case::new(
        "CREATE TABLE users(id INTEGER PRIMARY KEY, a TEXT); CREATE TABLE _kept_users(id INTEGER PRIMARY KEY);
         CREATE INDEX _kept_users_2 ON _kept_users(id);",
        "INSERT INTO users VALUES (1, 'x'); INSERT INTO _kept_users VALUES (7);",
        "",
    );
    let (kept, _) = case.walk(|database| {
        assert_eq!(strings(database, "SELECT a FROM _kept_users_3"), ["x"]);
    });
    assert_eq!(kept, ["_kept_users", "_kept_users_3"], "what was kept before stays");
}

#[test]
fn a_value_whose_row_cannot_be_found_again_is_a_loss_as_before() {
    let mut case = Case::new(
        "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT NOT NULL, gone TEXT);",
        "",
        "CREATE TABLE t(a INTEGER, b TEXT NOT NULL PRIMARY KEY);",
    );
    case.answers.allow_every_loss = true;
    let (_, plan) = case.plan(TARGETS[0]);
    assert_eq!(plan.losses.len(), 1);
    assert_eq!(plan.irreversible[0], "the values of t.gone cannot come back");
}

#[test]
fn what_is_kept_is_no_difference_until_it_is_asked_to_go() {
    let from = schema_of(
        "CREATE TABLE t(id INTEGER PRIMARY KEY); CREATE TABLE _kept_t_a(id INTEGER PRIMARY KEY, a)",
    );
    let models = schema_of("CREATE TABLE t(id INTEGER PRIMARY KEY)");
    let quiet = destination(&from, &models, &models, &Answers::default()).unwrap();
    assert!(quiet.comparison.is_empty());
    assert_eq!(with_kept(&from, &models).tables.len(), 2);
    let answers = Answers { keeping: Keeping::DropKept, ..Answers::default() };
    let asked = destination(&from, &models, &models, &answers).unwrap();
    let plan = plan::sqlite(&from, &asked.schema, &asked.comparison, &asked.answers, TARGETS[0]).unwrap();
    assert_eq!(text(&plan.up), "DROP TABLE \"_kept_t_a\";\n");
    assert_eq!(plan.open_losses().count(), 0, "asking for it permits it");
    assert_eq!(plan.irreversible, ["the rows of _kept_t_a cannot come back: the table comes back empty"]);
}

#[test]
fn a_table_that_becomes_a_view_is_kept_under_its_other_name() {
    let base = "CREATE TABLE base(id INTEGER PRIMARY KEY, name TEXT);";
    let names = "CREATE VIEW names AS SELECT name FROM thing;";
    let from = format!(
        "{base} CREATE TABLE thing(id INTEGER PRIMARY KEY, name TEXT); CREATE INDEX thing_name ON thing(name);
         CREATE TRIGGER thing_added AFTER INSERT ON thing BEGIN INSERT INTO base(name) VALUES (new.name); END; {names}"
    );
    let to = format!("{base} CREATE VIEW thing AS SELECT id, name FROM base; {names}");
    let rows = "INSERT INTO thing VALUES (1, 'x'), (2, 'y');";
    let (kept, _) = Case::new(&from, rows, &to).walk(|database| {
        assert_eq!(strings(database, "SELECT name FROM names ORDER BY 1"), ["x", "y"]);
    });
    assert_eq!(kept, ["_kept_thing"]);
}

#[test]
fn without_it_the_file_says_plainly_which_rows_cannot_come_back() {
    let (from, to) = (
        schema_of(
            "CREATE TABLE users(id INTEGER PRIMARY KEY, age INTEGER, mail TEXT NOT NULL); CREATE TABLE logs(line TEXT);",
        ),
        schema_of("CREATE TABLE users(id INTEGER PRIMARY KEY);"),
    );
    let answers = Answers { no_renames: true, allow_every_loss: true, ..Answers::default() };
    for target in TARGETS {
        let comparison = compare(&from, &to, &to, &answers).unwrap();
        let plan = plan::sqlite(&from, &to, &comparison, &answers, target).unwrap();
        let revision = Revision::read("20260101000000_drop").unwrap();
        let file = Draft::of_plan(std::path::Path::new(""), &revision, &[], &plan, &[]).unwrap().text;
        let (_, down) = file.split_once("-- migrate:down\n").unwrap();
        for line in [
            "-- the rows of logs cannot come back: the table comes back empty\n",
            "-- the values of users.age cannot come back\n",
            "-- the values of users.mail cannot come back: every row gets ''\n",
        ] {
            assert!(down.contains(line), "{target}: {line} is not in\n{down}");
        }
    }
}
