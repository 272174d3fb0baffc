//! Situation 18: names that change places, and columns that only stand elsewhere.

use crate::harness::Pair;

#[test]
fn two_columns_exchange_their_names() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b INTEGER); CREATE INDEX i ON t(a);";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, b TEXT, a INTEGER); CREATE INDEX i ON t(b);";
    for walk in
        Pair::new(from, "INSERT INTO t VALUES (1, 'x', 5);", to).rename("t.a:t.b").rename("t.b:t.a").walk()
    {
        assert!(walk.plan.rebuilt.is_empty());
        assert_eq!(walk.upgraded.text("SELECT b, a FROM t"), ["'x'|5"]);
    }
}

#[test]
fn two_tables_exchange_their_names() {
    let from = "CREATE TABLE a(x TEXT); CREATE TABLE b(y TEXT, a_id INTEGER);";
    let to = "CREATE TABLE b(x TEXT); CREATE TABLE a(y TEXT, a_id INTEGER);";
    let rows = "INSERT INTO a VALUES ('one'); INSERT INTO b VALUES ('two', 2);";
    for walk in Pair::new(from, rows, to).rename("a:b").rename("b:a").walk() {
        assert_eq!(walk.upgraded.text("SELECT x FROM b"), ["'one'"]);
        assert_eq!(walk.upgraded.text("SELECT y FROM a"), ["'two'"]);
    }
}

#[test]
fn a_column_takes_the_name_of_one_that_is_dropped() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b TEXT);";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, b TEXT);";
    let pair = Pair::new(from, "INSERT INTO t VALUES (1, 'kept', 'lost');", to).rename("t.a:t.b").drop("t.b");
    for mut walk in pair.changed(&["t.b"]).walk() {
        assert_eq!(walk.upgraded.text("SELECT b FROM t"), ["'kept'"]);
        let loss = walk.plan.losses.pop().unwrap();
        assert_eq!((loss.what.to_string().as_str(), loss.permitted), ("t.b", true));
    }
}

#[test]
fn another_order_is_no_change() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b INTEGER DEFAULT 3);";
    let to = "CREATE TABLE t(b INTEGER DEFAULT 3, a TEXT, id INTEGER PRIMARY KEY);";
    assert!(Pair::new(from, "", to).comparison().2.is_empty());
}
