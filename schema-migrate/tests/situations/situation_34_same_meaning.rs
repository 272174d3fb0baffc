//! Situations 34 and 35: texts that mean the same, and texts that do not.

use crate::harness::Pair;

#[test]
fn texts_that_mean_the_same_are_no_change() {
    let parent = "CREATE TABLE p(id INTEGER PRIMARY KEY);";
    for (left, right) in [
        ("a INTEGER REFERENCES p", "a INTEGER REFERENCES p(id)"),
        ("a INTEGER REFERENCES p ON DELETE NO ACTION", "a INTEGER, FOREIGN KEY (a) REFERENCES \"P\"(ID)"),
        ("a INTEGER REFERENCES p NOT DEFERRABLE", "a INTEGER REFERENCES p"),
        ("a text DEFAULT 'x'", "[a] TEXT default ('x')"),
        ("a BOOLEAN DEFAULT TRUE", "a BOOLEAN DEFAULT 1"),
        ("a INTEGER DEFAULT (-5)", "a INTEGER DEFAULT -5"),
        ("a TEXT DEFAULT \"Active\"", "a TEXT DEFAULT 'Active'"),
        ("a TEXT DEFAULT NULL", "a TEXT"),
        ("a TEXT DEFAULT '1'", "a TEXT DEFAULT 1"),
        ("a INTEGER DEFAULT '0'", "a INTEGER DEFAULT 0.0"),
        ("a REAL DEFAULT 1", "a REAL DEFAULT 1.0"),
        ("a TEXT CHECK (a <> '')", "a TEXT, CHECK ((\"a\" != ''))"),
        ("a TEXT CHECK (a IN (\"x\", 'y'))", "a TEXT, CONSTRAINT named CHECK (t.a IN ('x','y') /* why */)"),
        ("a TEXT UNIQUE", "a TEXT, UNIQUE (a)"),
        ("a TEXT UNIQUE", "a TEXT, CONSTRAINT k UNIQUE (\"A\" ASC)"),
        ("a TEXT PRIMARY KEY", "a TEXT, PRIMARY KEY (a)"),
        ("a INTEGER PRIMARY KEY", "a INTEGER NOT NULL PRIMARY KEY ASC"),
        ("a VARCHAR( 20 )", "a varchar(20)"),
        ("a TEXT COLLATE BINARY", "a TEXT"),
        ("a TEXT NOT NULL ON CONFLICT ABORT", "a TEXT CONSTRAINT n NOT NULL"),
        ("a TEXT -- the first\n", "a TEXT /* first */"),
    ] {
        let from = format!("{parent} CREATE TABLE t(z TEXT, {left});");
        let to = format!("{parent} create table \"t\" ( z TEXT , {right} ) ;");
        for (from, to) in [(&from, &to), (&to, &from)] {
            let comparison = Pair::new(from, "", to).comparison().2;
            assert!(comparison.is_empty(), "{left} / {right}: {:?}", comparison.changes);
        }
    }
}

#[test]
fn texts_that_mean_something_else_are_seen() {
    let parent = "CREATE TABLE p(id INTEGER PRIMARY KEY, u TEXT UNIQUE);";
    for (left, right) in [
        ("a INT PRIMARY KEY", "a INTEGER PRIMARY KEY"),
        ("a INTEGER PRIMARY KEY DESC", "a INTEGER PRIMARY KEY"),
        ("a INTEGER PRIMARY KEY AUTOINCREMENT", "a INTEGER PRIMARY KEY"),
        ("a TEXT UNIQUE", "a TEXT COLLATE NOCASE UNIQUE"),
        ("a TEXT, UNIQUE (a)", "a TEXT, UNIQUE (a COLLATE NOCASE)"),
        ("a TEXT UNIQUE", "a TEXT UNIQUE ON CONFLICT REPLACE"),
        ("a TEXT NOT NULL", "a TEXT NOT NULL ON CONFLICT IGNORE"),
        ("a INTEGER REFERENCES p", "a INTEGER REFERENCES p DEFERRABLE INITIALLY DEFERRED"),
        ("a INTEGER REFERENCES p", "a INTEGER REFERENCES p ON DELETE CASCADE"),
        ("a INTEGER REFERENCES p", "a INTEGER REFERENCES p(u)"),
        ("a TEXT DEFAULT 'x'", "a TEXT DEFAULT 'X'"),
        ("a DEFAULT '1'", "a DEFAULT 1"),
        ("a INTEGER DEFAULT 'inf'", "a INTEGER DEFAULT 9e999"),
        ("a TEXT CHECK (a <> 'x')", "a TEXT CHECK (a <> 'X')"),
        ("a TEXT CHECK (a <> \"x\")", "a TEXT CHECK (a <> \"X\")"),
        ("a TEXT", "a TEXT NOT NULL DEFAULT ''"),
        ("a INTEGER NON NULL", "a INTEGER NOT NULL DEFAULT 0"),
        ("a TEXT", "a CLOB"),
        ("a TEXT", "a TEXT, UNIQUE (a)"),
    ] {
        let from = format!("{parent} CREATE TABLE t(z TEXT, {left});");
        let to = format!("{parent} CREATE TABLE t(z TEXT, {right});");
        let pair = Pair::new(&from, "INSERT INTO t(z) SELECT '' WHERE 0;", &to);
        assert!(!pair.comparison().2.is_empty(), "{left} / {right}");
        pair.walk();
    }
}

#[test]
fn a_typo_in_the_wild_is_a_type() {
    let schema = crate::harness::schema_of("CREATE TABLE t(a INTEGER NON NULL);");
    let column = &schema.tables[0].columns[0];
    assert_eq!((column.sql_type.as_ref(), column.nullable), ("INTEGER NON", true));
}
