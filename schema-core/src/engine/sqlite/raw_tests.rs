//! Every value kind, every order of calls. `scripts/valgrind.sh` runs these under valgrind, which sees
//! what the assertions cannot: a read of freed memory, a leak.

use super::{
    Failure,
    raw::{Bound, Statement, changes, lent, open_statements, total_changes},
    statements::Source,
};
use crate::value::{Cell, Value};

fn memory() -> rusqlite::Connection {
    let connection = rusqlite::Connection::open_in_memory_with_flags(
        rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .unwrap();
    connection
        .execute_batch(
            "CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT NULL UNIQUE, cover BLOB, price REAL);
             INSERT INTO books VALUES (1, 'Dune', x'00ff', 9.5), (2, 'Emma', NULL, NULL), (3, '', x'', -0.0);",
        )
        .unwrap();
    connection
}

fn prepare(connection: &rusqlite::Connection, sql: &str) -> Statement {
    Statement::prepare(connection, sql).unwrap()
}

fn refusal(connection: &rusqlite::Connection, sql: &str) -> Failure {
    Statement::prepare(connection, sql).unwrap_err()
}

fn next(bound: &mut Bound<'_, '_>) -> Option<Vec<Value>> {
    bound
        .step()
        .unwrap()
        .then(|| (0..bound.columns()).map(|position| bound.row().cell(position).to_value()).collect())
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[test]
fn every_value_comes_back_as_it_was_bound() {
    let connection = memory();
    let mut statement = prepare(&connection, "SELECT ?, typeof(?1)");
    let long = "ü".repeat(1 << 20);
    let bytes: Vec<u8> = (0..=255).cycle().take(1 << 20).collect();
    let values = [
        (Value::Null, "null"),
        (Value::Integer(0), "integer"),
        (Value::Integer(i64::MIN), "integer"),
        (Value::Integer(i64::MAX), "integer"),
        (Value::Real(1.5), "real"),
        (Value::Real(f64::MIN_POSITIVE), "real"),
        (Value::Real(f64::INFINITY), "real"),
        (Value::Real(f64::NEG_INFINITY), "real"),
        (text(""), "text"),
        (text("with a \0 inside"), "text"),
        (text("日本語 🦀"), "text"),
        (Value::Text(long), "text"),
        (Value::Blob(Vec::new()), "blob"),
        (Value::Blob(vec![0]), "blob"),
        (Value::Blob(bytes), "blob"),
    ];
    for copied in [false, true] {
        for (value, kind) in &values {
            let mut bound = statement.bound();
            let mut parameters = bound.parameters();
            match value {
                Value::Null => parameters.null(),
                Value::Integer(value) => parameters.integer(*value),
                Value::Real(value) => parameters.real(*value),
                Value::Text(value) if copied => parameters.text_copied(value),
                Value::Text(value) => parameters.text(value),
                Value::Blob(value) if copied => parameters.blob_copied(value),
                Value::Blob(value) => parameters.blob(value),
            }
            assert_eq!(next(&mut bound), Some(vec![value.clone(), text(kind)]));
            assert_eq!(next(&mut bound), None);
        }
    }
}

#[test]
fn a_cell_read_twice_is_the_same_memory() {
    let connection = memory();
    let mut statement = prepare(&connection, "SELECT ?, ? || 'x', cover FROM books WHERE id = 1");
    let (title, cover) = ("Dune".to_owned(), "Emma".to_owned());
    let mut bound = statement.bound();
    let mut parameters = bound.parameters();
    parameters.text(&title);
    parameters.text(&cover);
    assert!(bound.step().unwrap());
    let row = bound.row();
    let first = (row.cell(0), row.cell(1), row.cell(2));
    let second = (row.cell(0), row.cell(1), row.cell(2));
    assert_eq!(first, second);
    assert_eq!(first, (Cell::Text(b"Dune"), Cell::Text(b"Emmax"), Cell::Blob(&[0, 255])));
}

#[test]
fn text_that_is_not_utf8_is_handed_over_as_its_bytes() {
    let connection = memory();
    let mut statement = prepare(&connection, "SELECT CAST(x'ff61fe' AS TEXT), CAST(x'6100' AS TEXT)");
    let mut bound = statement.bound();
    assert!(bound.step().unwrap());
    assert_eq!(bound.row().cell(0), Cell::Text(b"\xffa\xfe"));
    assert!(bound.row().cell(0).as_str("String").is_err());
    assert_eq!(bound.row().cell(1), Cell::Text(b"a\0"));
}

#[test]
fn a_database_in_utf16_gives_utf8() {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    connection
        .execute_batch(
            "PRAGMA encoding = 'UTF-16le'; CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('é🦀'), ('')",
        )
        .unwrap();
    let mut statement = prepare(&connection, "SELECT a, a FROM t WHERE a <> ? ORDER BY a DESC");
    let mut bound = statement.bound();
    bound.parameters().text("zwölf");
    assert!(bound.step().unwrap());
    let row = bound.row();
    assert_eq!((row.cell(0), row.cell(1), row.cell(0)), {
        let crab = Cell::Text("é🦀".as_bytes());
        (crab, crab, crab)
    });
    assert_eq!(next(&mut bound), Some(vec![text(""), text("")]));
}

#[test]
fn a_position_outside_the_row_is_null() {
    let connection = memory();
    let mut statement = prepare(&connection, "SELECT id FROM books ORDER BY id");
    let mut bound = statement.bound();
    assert_eq!(bound.row().cell(0), Cell::Null, "before the first row");
    assert!(bound.step().unwrap());
    for position in [1, 2, 40_000, i32::MAX as usize, 1 << 32, usize::MAX] {
        assert_eq!(bound.row().cell(position), Cell::Null, "position {position}");
    }
    assert_eq!(bound.row().cell(0), Cell::Integer(1));
    while bound.step().unwrap() {}
    assert_eq!(bound.row().cell(0), Cell::Null, "after the last row");
}

#[test]
fn a_statement_can_be_run_again_with_other_parameters() {
    let connection = memory();
    let mut statement = prepare(&connection, "SELECT title FROM books WHERE id = ?");
    for (id, title) in [(1, "Dune"), (2, "Emma"), (1, "Dune")] {
        let mut bound = statement.bound();
        bound.parameters().integer(id);
        assert_eq!(next(&mut bound), Some(vec![text(title)]));
    }
}

#[test]
fn a_dropped_bound_forgets_its_parameters() {
    let connection = memory();
    let mut statement = prepare(&connection, "SELECT ?");
    {
        let title = "Dune".to_owned();
        let mut bound = statement.bound();
        bound.parameters().text(&title);
        assert!(bound.step().unwrap());
    }
    assert_eq!(next(&mut statement.bound()), Some(vec![Value::Null]));
}

#[test]
fn a_leaked_bound_is_never_read_again() {
    let connection = memory();
    let mut statement = prepare(&connection, "SELECT ?, id FROM books ORDER BY id");
    {
        let title = "a text that dies while its statement stands on a row".repeat(50);
        let mut bound = statement.bound();
        bound.parameters().text(&title);
        assert!(bound.step().unwrap());
        std::mem::forget(bound);
    }
    assert_eq!(next(&mut statement.bound()), Some(vec![Value::Null, Value::Integer(1)]));
    {
        let cover = vec![7_u8; 10_000];
        let mut bound = statement.bound();
        bound.parameters().blob(&cover);
        std::mem::forget(bound);
    }
    drop(statement);
    connection.close().map_err(|(_, error)| error).unwrap();
}

#[test]
fn too_many_parameters_are_refused_with_their_own_message() {
    let connection = memory();
    let mut statement = prepare(&connection, "SELECT ?");
    let mut bound = statement.bound();
    let mut parameters = bound.parameters();
    parameters.integer(1);
    parameters.integer(2);
    let failure = bound.step().unwrap_err();
    assert_eq!(failure.code, rusqlite::ffi::SQLITE_RANGE);
    assert_eq!(failure.message, "column index out of range");
    drop(bound);
    assert_eq!(next(&mut statement.bound()), Some(vec![Value::Null]));
}

#[test]
fn a_parameter_longer_than_the_limit_is_refused() {
    let connection = memory();
    connection.set_limit(rusqlite::limits::Limit::SQLITE_LIMIT_LENGTH, 100).unwrap();
    let mut statement = prepare(&connection, "SELECT length(?)");
    for copied in [false, true] {
        let title = "x".repeat(101);
        let mut bound = statement.bound();
        if copied {
            bound.parameters().text_copied(&title);
        } else {
            bound.parameters().text(&title);
        }
        let failure = bound.step().unwrap_err();
        assert_eq!(failure.primary_code(), rusqlite::ffi::SQLITE_TOOBIG, "{failure}");
    }
    let mut bound = statement.bound();
    bound.parameters().text("short");
    assert_eq!(next(&mut bound), Some(vec![Value::Integer(5)]));
}

#[test]
fn a_statement_works_again_after_an_error() {
    let connection = memory();
    let mut statement = prepare(&connection, "INSERT INTO books (title) VALUES (?)");
    for _ in 0..2 {
        let mut bound = statement.bound();
        bound.parameters().text("Dune");
        let failure = bound.step().unwrap_err();
        assert_eq!(failure.code, rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE);
        assert_eq!(failure.message, "UNIQUE constraint failed: books.title");
    }
    let mut bound = statement.bound();
    bound.parameters().text("Persuasion");
    assert!(!bound.step().unwrap());
    assert_eq!(changes(&connection), 1);
}

#[test]
fn a_step_after_the_last_row_runs_the_statement_anew() {
    let connection = memory();
    let mut statement = prepare(&connection, "SELECT count(*) FROM books");
    let mut bound = statement.bound();
    assert_eq!(next(&mut bound), Some(vec![Value::Integer(3)]));
    assert_eq!(next(&mut bound), None);
    connection.execute("DELETE FROM books WHERE id = 3", []).unwrap();
    assert_eq!(next(&mut bound), Some(vec![Value::Integer(2)]));
}

#[test]
fn a_statement_survives_a_change_of_its_table() {
    let connection = memory();
    let mut statement = prepare(&connection, "SELECT * FROM books WHERE id = ?");
    assert_eq!(statement.columns(), 4);
    connection.execute_batch("ALTER TABLE books ADD COLUMN pages INTEGER DEFAULT 412").unwrap();
    let mut bound = statement.bound();
    bound.parameters().integer(1);
    assert!(bound.step().unwrap());
    assert_eq!((bound.columns(), bound.row().cell(4)), (5, Cell::Integer(412)));
    drop(bound);
    connection.execute_batch("DROP TABLE books").unwrap();
    assert_eq!(statement.bound().step().unwrap_err().message, "no such table: books");
}

#[test]
fn rows_are_not_moved_by_other_statements_of_the_connection() {
    let connection = memory();
    let mut reading = prepare(&connection, "SELECT title, cover FROM books ORDER BY id");
    let mut bound = reading.bound();
    assert!(bound.step().unwrap());
    let (title, cover) = (bound.row().cell(0), bound.row().cell(1));
    connection
        .execute_batch(
            "UPDATE books SET title = title || ' II', cover = zeroblob(100000); DELETE FROM books;",
        )
        .unwrap();
    assert_eq!((title, cover), (Cell::Text(b"Dune"), Cell::Blob(&[0, 255])));
}

#[test]
fn a_text_is_one_statement() {
    let connection = memory();
    for one in [
        "SELECT 1",
        "SELECT 1;",
        "SELECT 1; ",
        " ; SELECT 1 ;; \n;",
        "SELECT 1; -- a comment",
        "SELECT 1 /* a */ ; /* b */ ; -- c\n",
        "-- first\nSELECT 1",
    ] {
        let prepared = Statement::prepare(&connection, one);
        assert!(prepared.is_ok(), "{one:?}: {prepared:?}");
    }
    for several in [
        "SELECT 1; SELECT 2",
        "SELECT 1;; DROP TABLE books",
        "SELECT 1; nonsense",
        "SELECT 1; -- a\n SELECT 2",
        "SELECT 1\0; DROP TABLE books",
    ] {
        assert_eq!(refusal(&connection, several).message, "more than one SQL statement", "{several:?}");
    }
    for none in ["", " ", ";", "-- a comment", "/* a */"] {
        assert_eq!(refusal(&connection, none).message, "no SQL statement", "{none:?}");
    }
    assert!(refusal(&connection, "SELECT nonsense(").message.contains("incomplete input"));
    assert!(open_statements(&connection).is_empty());
}

#[test]
fn what_is_prepared_can_be_told() {
    let connection = memory();
    let insert = prepare(&connection, "INSERT INTO books (title) VALUES ('é')");
    let select = prepare(&connection, "SELECT id FROM books");
    assert_eq!((insert.columns(), select.columns()), (0, 1));
    let mut open = open_statements(&connection);
    open.sort();
    assert_eq!(open, ["INSERT INTO books (title) VALUES ('é')", "SELECT id FROM books"]);
    drop((select, insert));
    assert!(open_statements(&connection).is_empty());
}

#[test]
fn statements_can_be_dropped_in_any_order_and_in_the_middle_of_a_run() {
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        let connection = memory();
        let mut statements: Vec<Option<Statement>> =
            (0..3).map(|_| Some(prepare(&connection, "SELECT title FROM books WHERE title <> ?"))).collect();
        let title = "Emma".to_owned();
        for statement in statements.iter_mut().flatten() {
            let mut bound = statement.bound();
            bound.parameters().text(&title);
            assert_eq!(next(&mut bound), Some(vec![text("")]));
            std::mem::forget(bound);
        }
        for at in order {
            statements[at] = None;
        }
        connection.close().map_err(|(_, error)| error).unwrap();
    }
}

#[test]
fn a_statement_can_go_to_another_thread_with_its_connection() {
    let connection = super::Connection::new(memory());
    let title = |connection: &super::Connection, id| {
        let source = super::Source::Text("SELECT title FROM books WHERE id = ?");
        connection.with(&source, |bound| {
            bound.parameters().integer(id);
            Ok::<_, Failure>(next(bound))
        })
    };
    assert_eq!(title(&connection, 1).unwrap(), Some(vec![text("Dune")]));
    let connection = std::thread::scope(|scope| {
        scope
            .spawn(move || {
                assert_eq!(title(&connection, 2).unwrap(), Some(vec![text("Emma")]));
                connection
            })
            .join()
            .unwrap()
    });
    assert_eq!(title(&connection, 3).unwrap(), Some(vec![text("")]));
    connection.close().unwrap();
}

#[test]
fn a_statement_has_its_text_and_a_place_of_its_own() {
    let connection = memory();
    let sql = "SELECT title FROM books WHERE id = ? -- größer";
    let mut statement = prepare(&connection, sql);
    let other = prepare(&connection, "SELECT 1; ");
    assert_ne!(statement.address(), other.address());
    assert_eq!((statement.sql(), other.sql()), (sql, "SELECT 1;"));
    let mut bound = statement.bound();
    bound.parameters().integer(1);
    assert_eq!(next(&mut bound), Some(vec![text("Dune")]));
    drop(bound);
    assert_eq!(statement.sql(), sql);
}

#[test]
fn changes_are_counted_since_the_connection_was_opened() {
    let connection = memory();
    let before = total_changes(&connection);
    connection.execute_batch("UPDATE books SET price = 1 WHERE id < 3; DELETE FROM books").unwrap();
    assert_eq!(total_changes(&connection) - before, 5);
    assert_eq!(total_changes(&connection) - before, 5);
}

#[test]
fn a_statement_says_what_its_columns_and_parameters_are_called() {
    let connection = memory();
    let sql = "SELECT id, title AS \"the title\", price * 2, cover FROM books WHERE id = :id AND title = ? AND price > ?4";
    let mut statement = prepare(&connection, sql);
    let bound = statement.bound();
    let names: Vec<String> = (0..bound.columns()).map(|at| bound.column_name(at)).collect();
    assert_eq!(names, ["id", "the title", "price * 2", "cover"]);
    let types: Vec<Option<String>> = (0..bound.columns()).map(|at| bound.declared_type(at)).collect();
    assert_eq!(types, [Some("INTEGER".into()), Some("TEXT".into()), None, Some("BLOB".into())]);
    let parameters: Vec<Option<String>> =
        (0..bound.parameter_count()).map(|at| bound.parameter_name(at)).collect();
    assert_eq!(parameters, [Some(":id".into()), None, None, Some("?4".into())]);
    assert!(bound.is_read_only());
    // Outside of what there is.
    assert_eq!(
        (bound.column_name(99), bound.declared_type(99), bound.parameter_name(99)),
        (String::new(), None, None)
    );
    drop(bound);
    let mut statement = prepare(&connection, "DELETE FROM books");
    assert!(!statement.bound().is_read_only());
}

#[test]
fn a_lent_connection_is_left_open_and_its_statements_are_finalized() {
    let connection = memory();
    let titles = lent(&connection, |lent| {
        let source = Source::Text("SELECT title FROM books ORDER BY id");
        let read = lent.with(&source, |bound| {
            let mut titles = Vec::new();
            while bound.step()? {
                titles.push(bound.row().cell(0).to_value());
            }
            Ok::<_, Failure>(titles)
        });
        assert_eq!(open_statements(&connection).len(), 1);
        read.unwrap()
    });
    assert_eq!(titles.unwrap(), [text("Dune"), text("Emma"), text("")]);
    assert_eq!(open_statements(&connection), [""; 0]);
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        lent(&connection, |lent| {
            lent.execute(&Source::Text("SELECT 1")).unwrap();
            panic!("in the middle")
        })
        .unwrap();
    }));
    assert!(panicked.is_err());
    assert_eq!(open_statements(&connection), [""; 0]);
    connection.execute_batch("DELETE FROM books").unwrap();
    connection.close().map_err(|(_, error)| error).unwrap();
}
