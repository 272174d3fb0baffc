use super::{Attempt, Change, Connection, NewColumns, explain_foreign_key};
use crate::{
    error::{Error, ViolationKind},
    model::{TableDef, text},
    value::Value,
};

/// Two authors, a book of the first, a review of the book, an edition with a composite key.
fn library() -> Connection {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    connection
        .execute_batch(
            "CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT UNIQUE COLLATE NOCASE, mentor INTEGER REFERENCES authors);
             CREATE TABLE books (id INTEGER PRIMARY KEY, author_id INTEGER REFERENCES authors (id) ON DELETE CASCADE,
                                 editor TEXT REFERENCES authors (name));
             CREATE TABLE reviews (id INTEGER PRIMARY KEY, \"book id\" INTEGER NOT NULL REFERENCES Books (id));
             CREATE TABLE editions (book INTEGER, number INTEGER, PRIMARY KEY (book, number)) WITHOUT ROWID;
             CREATE TABLE copies (id INTEGER PRIMARY KEY, book INTEGER, number INTEGER,
                                  FOREIGN KEY (book, number) REFERENCES editions ON UPDATE CASCADE);
             INSERT INTO authors VALUES (1, 'Frank', NULL), (2, 'Jane', NULL), (3, 'Emily', NULL);
             INSERT INTO books VALUES (1, 1, 'jane');
             INSERT INTO reviews VALUES (1, 1);
             INSERT INTO editions VALUES (1, 1), (1, 2);
             INSERT INTO copies VALUES (1, 1, 1);",
        )
        .unwrap();
    Connection::new(connection)
}

type New<'a> = &'a [(&'a str, Value)];

/// Runs a statement that must fail, and says which foreign key is found to be the cause.
fn cause(
    connection: &Connection,
    table: &'static str,
    change: Change,
    sql: &str,
    new: New<'_>,
    rows: (&str, &[Value]),
) -> (String, String) {
    let error: Error = connection.raw().execute_batch(sql).unwrap_err().into();
    assert_eq!(error.violation().unwrap().kind, ViolationKind::ForeignKey, "{error}");
    let table = TableDef { name: text(table), ..TableDef::EMPTY };
    let given = |column: &str| new.iter().find(|(name, _)| *name == column).map(|(_, value)| value.clone());
    let given: &[NewColumns<'_>] = if change == Change::Delete { &[] } else { &[&given] };
    let attempt = Attempt { table: &table, change, new: given, rows: rows.0, parameters: rows.1 };
    let error = explain_foreign_key(error, connection, &attempt);
    let violation = error.violation().unwrap();
    let place = violation
        .table
        .as_ref()
        .map_or(String::new(), |table| format!("{table}({})", violation.columns.join(",")));
    (place, error.to_string())
}

const ROW: &str = "\"id\" = ?";

#[test]
fn an_insert_names_the_key_whose_parent_is_missing() {
    let connection = library();
    let (place, message) = cause(
        &connection,
        "books",
        Change::Insert,
        "INSERT INTO books VALUES (2, 1, 'Nobody')",
        &[
            ("id", Value::Integer(2)),
            ("author_id", Value::Integer(1)),
            ("editor", Value::Text("Nobody".to_owned())),
        ],
        ("", &[]),
    );
    assert_eq!(place, "books(editor)");
    assert_eq!(
        message,
        "FOREIGN KEY constraint failed: `books.editor` refers to `authors.name`, where no row has 'Nobody'; \
         nothing was changed"
    );
}

#[test]
fn a_parent_is_found_as_sqlite_compares_it() {
    let connection = library();
    let (place, _) = cause(
        &connection,
        "books",
        Change::Insert,
        "INSERT INTO books VALUES (2, 9, 'FRANK')",
        &[("author_id", Value::Integer(9)), ("editor", Value::Text("FRANK".to_owned()))],
        ("", &[]),
    );
    assert_eq!(place, "books(author_id)");
}

#[test]
fn a_composite_key_is_named_whole() {
    let connection = library();
    let (place, message) = cause(
        &connection,
        "copies",
        Change::Insert,
        "INSERT INTO copies VALUES (2, 1, 7)",
        &[("id", Value::Integer(2)), ("book", Value::Integer(1)), ("number", Value::Integer(7))],
        ("", &[]),
    );
    assert_eq!(place, "copies(book,number)");
    assert!(message.contains("`copies` (book, number) refers to `editions` (book, number)"), "{message}");
    assert!(message.contains("no row has 1, 7"), "{message}");
}

#[test]
fn an_update_of_half_a_key_reads_the_other_half() {
    let connection = library();
    let (place, message) = cause(
        &connection,
        "copies",
        Change::Update,
        "UPDATE copies SET number = 7 WHERE id = 1",
        &[("number", Value::Integer(7))],
        (ROW, &[Value::Integer(1)]),
    );
    assert_eq!(place, "copies(book,number)");
    assert!(message.contains("no row has 1, 7"), "{message}");
}

#[test]
fn a_row_that_is_its_own_parent_is_not_the_cause() {
    let connection = library();
    let insert = "INSERT INTO authors VALUES (7, 'Own', 7); INSERT INTO authors VALUES (8, 'Other', 99)";
    let (place, _) = cause(
        &connection,
        "authors",
        Change::Insert,
        insert,
        &[("id", Value::Integer(8)), ("mentor", Value::Integer(99))],
        ("", &[]),
    );
    assert_eq!(place, "authors(mentor)");
    // The same with a row that refers to itself: nothing is found, and SQLite's message stays.
    let (place, message) = cause(
        &connection,
        "authors",
        Change::Insert,
        "INSERT INTO authors VALUES (10, 'Other', 99)",
        &[("id", Value::Integer(10)), ("mentor", Value::Integer(10))],
        ("", &[]),
    );
    assert_eq!(
        (place.as_str(), message.as_str()),
        ("", "FOREIGN KEY constraint failed; nothing was changed")
    );
}

#[test]
fn a_delete_names_the_child_that_is_left() {
    let connection = library();
    let (place, message) = cause(
        &connection,
        "books",
        Change::Delete,
        "DELETE FROM books WHERE id = 1",
        &[],
        (ROW, &[Value::Integer(1)]),
    );
    assert_eq!(place, "reviews(book id)");
    assert!(
        message.contains("`reviews.book id` refers to `Books.id`, and such rows are still there"),
        "{message}"
    );
}

#[test]
fn a_delete_that_cascades_names_the_grandchild() {
    let connection = library();
    let (place, _) = cause(
        &connection,
        "authors",
        Change::Delete,
        "DELETE FROM authors WHERE id = 1",
        &[],
        (ROW, &[Value::Integer(1)]),
    );
    assert_eq!(place, "reviews(book id)");
}

#[test]
fn a_delete_compares_under_the_collation_of_the_parent() {
    let connection = library();
    let (place, _) = cause(
        &connection,
        "authors",
        Change::Delete,
        "DELETE FROM authors WHERE id = 2",
        &[],
        (ROW, &[Value::Integer(2)]),
    );
    assert_eq!(place, "books(editor)");
}

#[test]
fn a_new_key_of_a_parent_names_the_child() {
    let connection = library();
    let (place, _) = cause(
        &connection,
        "books",
        Change::Update,
        "UPDATE books SET id = 50 WHERE id = 1",
        &[("id", Value::Integer(50))],
        (ROW, &[Value::Integer(1)]),
    );
    assert_eq!(place, "reviews(book id)");
}

#[test]
fn a_table_that_refers_to_itself_is_searched_under_an_alias() {
    let connection = library();
    connection
        .raw()
        .execute_batch("UPDATE authors SET mentor = 2 WHERE id = 3; UPDATE books SET editor = NULL")
        .unwrap();
    let (place, _) = cause(
        &connection,
        "authors",
        Change::Delete,
        "DELETE FROM authors WHERE id = 2",
        &[],
        (ROW, &[Value::Integer(2)]),
    );
    assert_eq!(place, "authors(mentor)");
}

#[test]
fn a_child_that_restricts_is_named() {
    let connection = library();
    connection
        .raw()
        .execute_batch(
            "CREATE TABLE loans (book INTEGER REFERENCES books (id) ON DELETE RESTRICT);
             DELETE FROM reviews; INSERT INTO loans VALUES (1)",
        )
        .unwrap();
    let (place, message) = cause(
        &connection,
        "books",
        Change::Delete,
        "DELETE FROM books WHERE id = 1",
        &[],
        (ROW, &[Value::Integer(1)]),
    );
    assert_eq!(place, "loans(book)", "{message}");
}

#[test]
fn an_update_that_leaves_a_key_alone_is_not_refused_by_rows_that_refer_to_it() {
    let connection = library();
    // What an expression gives is not known; the books refer to the author, whose id stays.
    let (place, message) = cause(
        &connection,
        "authors",
        Change::Update,
        "UPDATE authors SET mentor = id + 98 WHERE id = 1",
        &[("mentor", Value::Null)],
        (ROW, &[Value::Integer(1)]),
    );
    assert_eq!(
        (place.as_str(), message.as_str()),
        ("", "FOREIGN KEY constraint failed; nothing was changed")
    );
}
