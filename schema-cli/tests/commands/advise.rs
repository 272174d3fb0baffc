//! `db-advise`: what would make a database faster, tried before it is advised.

use std::fs;

use serde_json::Value;

use crate::{migrate::filled, project::Project};

const MANY: &str = "
    WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
    INSERT INTO users SELECT i, 'name ' || i, i % 90 FROM n;
    WITH RECURSIVE n(i) AS (SELECT 10000 UNION ALL SELECT i + 1 FROM n WHERE i < 13000)
    INSERT INTO orders SELECT i, 1000 + i % 4000, i * 10 FROM n;
    CREATE INDEX orders_user ON orders(user_id);
    ANALYZE;";

/// Thousands of users and orders, an index where one is needed, and statistics.
fn many() -> Project {
    let project = filled();
    project.open("app.db").execute_batch(MANY).unwrap();
    project.done("1", &["advise"]);
    project
}

/// The scans that are found for a statement.
fn scans(project: &Project, sql: &str) -> Vec<Value> {
    let said = project.run("1", &["advise", "--json", "--sql", sql]).json();
    assert_eq!(said["data"]["unplanned"], Value::Array(Vec::new()), "{sql}");
    said["data"]["scans"].as_array().unwrap().clone()
}

fn advised(scan: &Value) -> Vec<&str> {
    let indexes = scan["indexes"].as_array().unwrap();
    indexes.iter().map(|index| index["attribute"].as_str().unwrap()).collect()
}

#[test]
fn an_index_is_advised_that_sqlite_then_uses() {
    let project = many();
    for (sql, compares, index) in [
        ("SELECT * FROM users WHERE name = 'x'", "name =", "name"),
        ("SELECT * FROM users u WHERE u.age = 3 AND u.name = ?", "age =", "name"),
        (
            "SELECT * FROM orders o JOIN users u ON u.id = o.user_id WHERE o.total_cents = 30",
            "user_id =",
            "total_cents",
        ),
        ("UPDATE users SET age = 1 WHERE name > 'y'", "name >", "name"),
        ("DELETE FROM users WHERE name BETWEEN ? AND ?", "name BETWEEN", "name"),
        (
            "WITH a AS (SELECT 'x' AS b) SELECT * FROM users WHERE name IN (SELECT b FROM a)",
            "name IN",
            "name",
        ),
        ("SELECT * FROM users WHERE name = ? COLLATE NOCASE", "name collate nocase =", "name collate nocase"),
    ] {
        let found = scans(&project, sql);
        assert_eq!(found.len(), 1, "{sql}: {found:#?}");
        assert_eq!(found[0]["help"], "index", "{sql}");
        assert_eq!(found[0]["compares"][0], compares, "{sql}");
        assert_eq!(advised(&found[0]), [format!("#[table(index({index}))]")], "{sql}");
        // What is advised is true of the database itself.
        let made = &found[0]["indexes"][0];
        let open = project.open("app.db");
        open.execute_batch(&format!("{}; ANALYZE", made["sql"].as_str().unwrap())).unwrap();
        assert_eq!(scans(&project, sql), [] as [Value; 0], "{sql}");
        open.execute_batch(&format!("DROP INDEX {}", made["name"].as_str().unwrap())).unwrap();
    }
}

#[test]
fn the_first_rows_in_an_order_are_found_by_an_index_in_that_order() {
    let project = many();
    for (sql, index) in [
        ("SELECT * FROM users ORDER BY name DESC LIMIT 20", "name"),
        ("SELECT * FROM users ORDER BY name DESC, age LIMIT ?", "name desc, age"),
        ("SELECT * FROM users WHERE name <> 'x' ORDER BY name LIMIT 20 OFFSET 40", "name"),
        ("SELECT * FROM users WHERE (name, id) > (?, ?)", "name"),
        // However many rows have the value: those of it stand in their order.
        ("SELECT * FROM users WHERE age = 4 ORDER BY name DESC LIMIT 10", "age, name"),
    ] {
        let found = scans(&project, sql);
        assert_eq!(advised(&found[0]), [format!("#[table(index({index}))]")], "{sql}");
        let made = &found[0]["indexes"][0];
        let open = project.open("app.db");
        open.execute_batch(&format!("{}; ANALYZE", made["sql"].as_str().unwrap())).unwrap();
        project.done("1", &["advise", "--sql", sql]);
        open.execute_batch(&format!("DROP INDEX {}", made["name"].as_str().unwrap())).unwrap();
    }
    // A primary key is such an order, and whoever wants all of them sorts.
    project.done("1", &["advise", "--sql", "SELECT * FROM users ORDER BY id DESC LIMIT 20"]);
    project.done("1", &["advise", "--sql", "SELECT * FROM users ORDER BY name"]);
}

#[test]
fn each_side_of_an_or_gets_its_index() {
    let project = many();
    let sql = "SELECT * FROM users WHERE name = ? OR age = ?";
    let found = scans(&project, sql);
    assert_eq!(advised(&found[0]), ["#[table(index(name))]", "#[table(index(age))]"]);
}

#[test]
fn two_columns_are_advised_where_one_finds_too_many_rows() {
    let project = many();
    let open = project.open("app.db");
    // Each finds a tenth; together they find one.
    open.execute_batch("UPDATE users SET age = id % 63, name = 'name ' || (id / 63 % 63); ANALYZE").unwrap();
    let found = scans(&project, "SELECT * FROM users WHERE name = ? AND age = ?");
    assert_eq!(advised(&found[0]), ["#[table(index(name, age))]"]);
}

#[test]
fn none_is_advised_that_would_not_be_used() {
    let project = many();
    let open = project.open("app.db");
    open.execute_batch("UPDATE users SET age = 7; ANALYZE").unwrap();
    for sql in [
        "SELECT * FROM users WHERE age = 7",
        "SELECT * FROM users WHERE name <> 'x'",
        "SELECT * FROM users WHERE name LIKE ?",
        "SELECT * FROM users WHERE name || age = 'x7'",
    ] {
        let found = project.run("1", &["advise", "--json", "--sql", sql]).json();
        let scan = &found["data"]["scans"][0];
        assert_eq!(scan["indexes"], Value::Array(Vec::new()), "{sql}");
        assert_eq!(scan["table"], "users", "{sql}");
    }
    let told = project.run("1", &["advise", "--sql", "SELECT * FROM users WHERE age = 7"]);
    assert_eq!(told.code, Some(3));
    assert!(told.stdout.contains("nothing: SQLite would use no index"), "{}", told.stdout);
}

#[test]
fn who_wants_every_row_is_left_alone() {
    let project = many();
    let open = project.open("app.db");
    open.execute_batch("CREATE VIEW totals AS SELECT user_id, sum(total_cents) FROM orders GROUP BY 1")
        .unwrap();
    for sql in [
        "SELECT count(*) FROM users",
        "SELECT u.* FROM users u JOIN (SELECT age, max(id) AS last FROM users GROUP BY age) l ON l.last = u.id",
    ] {
        project.done("1", &["advise", "--sql", sql]);
    }
    let verbose = project.done("1", &["advise", "-v"]);
    assert!(verbose.stdout.contains("Plan       view `totals`"), "{}", verbose.stdout);
}

#[test]
fn views_and_triggers_are_read_too() {
    let project = many();
    project
        .open("app.db")
        .execute_batch(
            "CREATE VIEW dear AS SELECT o.id FROM orders o WHERE o.total_cents = 100;
             CREATE TRIGGER same_name AFTER UPDATE OF age ON users BEGIN
                 UPDATE users SET age = NEW.age WHERE name = NEW.name;
             END;",
        )
        .unwrap();
    let told = project.run("1", &["advise"]);
    assert_eq!(told.code, Some(3), "{}", told.stderr);
    for words in [
        "view `dear` reads all 5,001 rows",
        "#[table(index(total_cents))] to Order",
        "trigger `same_name` reads all 4,501 rows",
        "#[table(index(name))] to User",
    ] {
        assert!(told.stdout.contains(words), "{words}: {}", told.stdout);
    }
}

#[test]
fn indexes_that_are_not_needed_are_named_and_never_one_that_keeps_rows_apart() {
    let project = many();
    project
        .open("app.db")
        .execute_batch(
            "CREATE INDEX users_name ON users(name); CREATE INDEX users_name_age ON users(name, age);
             CREATE UNIQUE INDEX users_id_name ON users(name, id); ANALYZE",
        )
        .unwrap();
    let found = project.run("1", &["advise", "--json"]).json();
    let found = found["data"]["indexes"].as_array().unwrap();
    let names: Vec<&str> = found.iter().map(|index| index["object"].as_str().unwrap()).collect();
    assert_eq!(names, ["users_name"]);
}

#[test]
fn statistics_are_missed_where_they_would_matter() {
    let project = many();
    let open = project.open("app.db");
    let said = |project: &Project| {
        let found = project.run("1", &["advise", "--json"]).json();
        found["data"]["statistics"]
            .as_array()
            .unwrap()
            .iter()
            .map(|table| table["text"].to_string())
            .collect::<Vec<_>>()
    };
    open.execute_batch("CREATE INDEX users_age ON users(age)").unwrap();
    assert_eq!(said(&project), ["\"users was counted before it had users_age\""]);
    open.execute_batch("ANALYZE; UPDATE sqlite_stat1 SET stat = '20 2' WHERE tbl = 'orders'").unwrap();
    let found = said(&project);
    assert!(found.len() == 1 && found[0].contains("orders has 5,001 rows"), "{found:?}");
    assert!(found[0].contains("and had 20 when it was counted"), "{found:?}");
    open.execute_batch("DELETE FROM sqlite_stat1").unwrap();
    assert_eq!(said(&project).len(), 2, "both have an index");
    open.execute_batch("ANALYZE").unwrap();
    project.done("1", &["advise"]);
}

#[test]
fn nothing_is_run_and_nothing_is_written() {
    let project = many();
    project.open("app.db").execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    project.write(
        "report.sql",
        "-- a report\nDELETE FROM users WHERE name = 'x';\nSELECT * FROM orders WHERE total_cents = 3;",
    );
    let before = project.bytes();
    let told = project.run("1", &["advise", "--sql-file", "report.sql", "--sql", "DELETE FROM users"]);
    assert_eq!(told.code, Some(3), "{}", told.stderr);
    for words in ["report.sql:2 reads all", "report.sql:3 reads all"] {
        assert!(told.stdout.contains(words), "{words}: {}", told.stdout);
    }
    assert_eq!(project.bytes(), before);
    for (sql, why) in [
        ("DROP TABLE users", "DROP"),
        ("PRAGMA optimize", "PRAGMA"),
        ("INSERT INTO users DEFAULT VALUES", "INSERT"),
    ] {
        let refused = project.run("1", &["advise", "--sql", sql]);
        assert_eq!(refused.code, Some(2), "{sql}");
        assert!(refused.stderr.contains(&format!("begins with `{why}`")), "{}", refused.stderr);
    }
    assert_eq!(project.bytes(), before);
    let missing = project.run("1", &["advise", "--sql", "SELECT nobody FROM users"]);
    assert_eq!(missing.code, Some(3));
    assert!(missing.stdout.contains("No plan    --sql: no such column: nobody"), "{}", missing.stdout);
}

#[test]
fn small_tables_and_what_is_allowed_are_left_alone() {
    let project = many();
    let sql = ["advise", "--sql", "SELECT * FROM users WHERE name = 'x'", "--rows", "100000"];
    project.done("1", &sql);
    project.open("app.db").execute_batch("DROP INDEX orders_user").unwrap();
    assert_eq!(project.run("1", &["advise"]).code, Some(3));
    let settings = fs::read_to_string(project.path("schema.toml")).unwrap();
    project.write("schema.toml", &format!("{settings}allow = [\"L010\"]\n"));
    let found = project.run("1", &["advise", "--json"]).json();
    assert_eq!(found["data"]["indexes"][0]["allowed"], "allowed in schema.toml");
    // The program's own query of a user's orders reads them all now.
    assert_eq!(found["data"]["scans"][0]["name"], "orders of a user");
    let known = project.done("1", &["advise", "--rows", "100000"]);
    assert!(known.stdout.contains("nothing to advise"), "{}", known.stdout);
}
