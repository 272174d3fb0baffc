use schema_migrate::diff::Answers;
use schema_migrate::lint::lint_schema;

use super::support::{NONE, found, found_with, lines, new, schema_of};

const AUTHORS: &str = "CREATE TABLE authors(id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE UNIQUE);";

fn keys(books: &str) -> Vec<String> {
    new("L010", &format!("{AUTHORS} CREATE TABLE books(id INTEGER PRIMARY KEY, {books}"))
}

#[test]
fn a_foreign_key_that_no_index_begins_with_is_told() {
    assert_eq!(
        keys("author_id INTEGER REFERENCES authors(id));"),
        [
            "L010 books.author_id: the foreign key to authors has no index: every delete there reads the whole of books"
        ]
    );
    assert_eq!(
        keys("up INTEGER REFERENCES books(id));"),
        [
            "L010 books.up: the foreign key to itself has no index: every delete there reads the whole of books"
        ]
    );
    for indexed in [
        "author_id INTEGER REFERENCES authors(id)); CREATE INDEX i ON books(author_id, id)",
        "author_id INTEGER REFERENCES authors(id)); CREATE INDEX i ON books(author_id) WHERE author_id IS NOT NULL",
        "author_id INTEGER UNIQUE REFERENCES authors(id));",
    ] {
        assert_eq!(keys(indexed), NONE, "{indexed}");
    }
    for unindexed in [
        "author_id INTEGER REFERENCES authors(id)); CREATE INDEX i ON books(id, author_id)",
        "author_id INTEGER REFERENCES authors(id)); CREATE INDEX i ON books(author_id) WHERE author_id > 5",
        "author_id INTEGER REFERENCES authors(id)); CREATE INDEX i ON books(abs(author_id))",
        "author TEXT REFERENCES authors(name)); CREATE INDEX i ON books(author)",
    ] {
        assert_eq!(keys(unindexed).len(), 1, "{unindexed}");
    }
    assert_eq!(
        keys("author TEXT REFERENCES authors(name)); CREATE INDEX i ON books(author COLLATE NOCASE)"),
        NONE,
        "SQLite looks for children under the parent's collation"
    );
}

#[test]
fn sqlite_itself_uses_the_indexes_that_a_foreign_key_is_said_to_have() {
    // The lint is right where a delete of a parent does not scan the child.
    for (child, index, is_found) in [
        ("INTEGER REFERENCES authors(id)", "CREATE INDEX i ON books(a, id)", true),
        ("INTEGER REFERENCES authors(id)", "CREATE INDEX i ON books(a) WHERE a IS NOT NULL", true),
        ("INTEGER REFERENCES authors(id)", "CREATE INDEX i ON books(id, a)", false),
        ("TEXT REFERENCES authors(name)", "CREATE INDEX i ON books(a)", false),
        ("TEXT REFERENCES authors(name)", "CREATE INDEX i ON books(a COLLATE NOCASE)", true),
    ] {
        let sql = format!("{AUTHORS} CREATE TABLE books(id INTEGER PRIMARY KEY, a {child}); {index}");
        let database = schema_migrate::inspect::scratch().unwrap();
        database.execute_batch(&sql).unwrap();
        database.pragma_update(None, "foreign_keys", true).unwrap();
        let mut statement = database.prepare("EXPLAIN DELETE FROM authors").unwrap();
        let opcodes: Vec<(String, i64)> = statement
            .query_map([], |row| Ok((row.get(1)?, row.get(3)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        // A scan of the child begins with Rewind on its cursor, besides the one on the parent.
        let scans = opcodes.iter().filter(|(opcode, _)| opcode == "Rewind").count();
        assert_eq!(scans < 2, is_found, "{sql}\n{opcodes:?}");
        assert_eq!(new("L010", &sql).is_empty(), is_found, "{sql}");
    }
}

fn redundant(indexes: &str) -> Vec<String> {
    new(
        "L011",
        &format!(
            "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b TEXT COLLATE NOCASE, c TEXT UNIQUE); {indexes}"
        ),
    )
}

#[test]
fn an_index_that_another_makes_needless_is_told_once() {
    assert_eq!(
        redundant("CREATE INDEX one ON t(a); CREATE INDEX two ON t(a, b)"),
        ["L011 one: the index two finds the same rows"]
    );
    assert_eq!(redundant("CREATE INDEX one ON t(a); CREATE INDEX two ON t(a)").len(), 1);
    assert_eq!(redundant("CREATE INDEX one ON t(c)"), ["L011 one: UNIQUE (c) finds the same rows"]);
    assert_eq!(redundant("CREATE INDEX one ON t(id)"), ["L011 one: the primary key finds the same rows"]);
    assert_eq!(
        redundant("CREATE UNIQUE INDEX one ON t(a); CREATE INDEX two ON t(a DESC)"),
        ["L011 two: the index one finds the same rows"],
        "an index is read backwards just as well"
    );
    assert_eq!(redundant("CREATE INDEX one ON t(lower(a)); CREATE INDEX two ON t(LOWER( a ), b)").len(), 1);
}

#[test]
fn an_index_that_does_something_of_its_own_is_not_told() {
    for indexes in [
        "CREATE INDEX one ON t(a); CREATE INDEX two ON t(b, a)",
        "CREATE INDEX one ON t(a) WHERE b IS NULL; CREATE INDEX two ON t(a, b)",
        "CREATE INDEX one ON t(a); CREATE INDEX two ON t(a) WHERE b IS NULL",
        "CREATE INDEX one ON t(a COLLATE NOCASE); CREATE INDEX two ON t(a)",
        "CREATE INDEX one ON t(b COLLATE BINARY); CREATE INDEX two ON t(b)",
        "CREATE UNIQUE INDEX one ON t(a); CREATE INDEX two ON t(a, b)",
        "CREATE INDEX one ON t(a, b DESC); CREATE INDEX two ON t(a, b)",
        "CREATE UNIQUE INDEX one ON t(a, b); CREATE UNIQUE INDEX two ON t(b, a)",
        "CREATE INDEX one ON t(id, a)",
    ] {
        assert_eq!(redundant(indexes), NONE, "{indexes}");
    }
}

#[test]
fn keys_that_are_missing_or_admit_null_are_told() {
    assert_eq!(new("L012", "CREATE TABLE t(a TEXT)"), ["L012 t: the table has no primary key"]);
    let told = "L013 t.a: the primary key admits NULL, in any number of rows";
    assert_eq!(new("L013", "CREATE TABLE t(a TEXT PRIMARY KEY)"), [told]);
    assert_eq!(new("L013", "CREATE TABLE t(a INT, b TEXT NOT NULL, PRIMARY KEY (a, b))"), [told]);
    for sound in [
        "CREATE TABLE t(a TEXT PRIMARY KEY NOT NULL)",
        "CREATE TABLE t(a INTEGER PRIMARY KEY)",
        "CREATE TABLE t(a TEXT PRIMARY KEY) STRICT",
        "CREATE TABLE t(a TEXT PRIMARY KEY) WITHOUT ROWID",
    ] {
        assert_eq!(new("L013", sound), NONE, "{sound}");
    }
}

#[test]
fn names_that_have_to_be_quoted_are_told() {
    let told = new(
        "L014",
        "CREATE TABLE \"order\"(id INTEGER PRIMARY KEY, \"group\" TEXT, \"a b\" TEXT, \"user\" TEXT, \"2nd\" TEXT, name TEXT);
         CREATE INDEX \"by-name\" ON \"order\"(name); CREATE TABLE _kept_x(id INTEGER PRIMARY KEY);
         CREATE TABLE _new_x(id INTEGER PRIMARY KEY); CREATE VIEW \"view\" AS SELECT 1 AS one",
    );
    assert_eq!(
        told,
        [
            "L014 _new_x: names that begin with _new_ belong to the framework",
            "L014 by-name: the name has to stand in quotes",
            "L014 order: a keyword of SQLite and of PostgreSQL",
            "L014 order.\"a b\": the name has to stand in quotes",
            "L014 order.2nd: the name has to stand in quotes",
            "L014 order.group: a keyword of SQLite and of PostgreSQL",
            "L014 order.user: a keyword of PostgreSQL",
        ]
    );
}

#[test]
fn what_was_so_before_is_told_on_request_alone() {
    let from = "CREATE TABLE t(a TEXT); CREATE INDEX one ON t(a); CREATE INDEX two ON t(a)";
    let to = "CREATE TABLE t(a TEXT, b INTEGER); CREATE INDEX one ON t(a); CREATE INDEX two ON t(a)";
    assert_eq!(found(from, to), []);
    let schema = schema_of(to);
    assert_eq!(lines(&lint_schema(&schema, &schema), &["L011", "L012"]).len(), 2);
}

#[test]
fn a_key_that_loses_its_index_and_a_name_that_is_given_anew_are_told() {
    let child = |rest: &str| {
        format!(
            "{AUTHORS} CREATE TABLE books(id INTEGER PRIMARY KEY, author_id INTEGER REFERENCES authors(id)); {rest}"
        )
    };
    let lost = found(&child("CREATE INDEX i ON books(author_id)"), &child(""));
    assert_eq!(lines(&lost, &["L010"]).len(), 1);
    let mut answers = Answers::default();
    answers.rename("t.a:t.order").unwrap();
    let renamed = found_with(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT)",
        "CREATE TABLE t(id INTEGER PRIMARY KEY, \"order\" TEXT)",
        &answers,
        None,
    );
    assert_eq!(lines(&renamed, &["L014"]), ["L014 t.order: a keyword of SQLite and of PostgreSQL"]);
}

#[test]
fn a_name_of_two_lines_stays_in_the_comment_that_names_it() {
    let told = new("L014", "CREATE TABLE \"a\n; DROP TABLE b\"(id INTEGER PRIMARY KEY)");
    assert_eq!(told, ["L014 \"a ; DROP TABLE b\": the name has to stand in quotes"]);
}
