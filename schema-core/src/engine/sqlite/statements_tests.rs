use super::{Connection, Failure, Slot, Source};
use crate::value::Cell;

fn filled() -> Connection {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    connection
        .execute_batch(
            "CREATE TABLE n (value INTEGER);
             WITH RECURSIVE up(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM up WHERE i < 300)
             INSERT INTO n SELECT i FROM up;",
        )
        .unwrap();
    Connection::new(connection)
}

fn integer(connection: &Connection, source: &Source<'_>) -> i64 {
    connection
        .with(source, |bound| {
            bound.step()?;
            match bound.row().cell(0) {
                Cell::Integer(value) => Ok::<_, Failure>(value),
                other => panic!("{other:?}"),
            }
        })
        .unwrap()
}

fn open(connection: &Connection) -> usize {
    super::raw::open_statements(connection.raw()).len()
}

#[test]
fn the_text_of_a_slot_is_written_once() {
    static SLOT: Slot = Slot::new();
    let connection = filled();
    let written = std::cell::Cell::new(0);
    let write = || {
        written.set(written.get() + 1);
        "SELECT count(*) FROM n".to_owned()
    };
    for _ in 0..3 {
        assert_eq!(integer(&connection, &Source::Slot(&SLOT, &write)), 300);
    }
    assert_eq!((written.get(), open(&connection)), (1, 1));
    assert_eq!(integer(&filled(), &Source::Slot(&SLOT, &write)), 300);
    assert_eq!(written.get(), 2, "another connection prepares its own");
}

#[test]
fn a_statement_can_be_used_inside_itself() {
    static SLOT: Slot = Slot::new();
    let connection = filled();
    let write = || "SELECT value FROM n ORDER BY value".to_owned();
    for source in [Source::Slot(&SLOT, &write), Source::Text("SELECT value FROM n ORDER BY 1")] {
        let sum = connection
            .with(&source, |outer| {
                let mut sum = 0;
                while outer.step()? {
                    sum += integer(&connection, &source);
                }
                Ok::<_, Failure>(sum)
            })
            .unwrap();
        assert_eq!(sum, 300);
    }
    assert_eq!(open(&connection), 2, "the second copy of each is not kept");
}

#[test]
fn a_statement_is_kept_after_an_error_and_lost_after_a_panic() {
    let connection = filled();
    let source = Source::Text("SELECT abs(-9223372036854775808 + value - value) FROM n");
    for _ in 0..2 {
        let failure = connection.execute(&source).expect_err("the smallest integer has no absolute");
        assert_eq!(failure.message, "integer overflow");
    }
    assert_eq!(open(&connection), 1);
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        connection.with(&source, |_| -> Result<(), Failure> { panic!("in the middle") })
    }));
    assert!(panic.is_err());
    assert_eq!(open(&connection), 0);
    assert_eq!(integer(&connection, &Source::Text("SELECT count(*) FROM n")), 300);
}

#[test]
fn texts_that_were_not_used_for_long_are_forgotten() {
    let connection = filled();
    for value in 1..=1_000 {
        let text = format!("SELECT {value} FROM n");
        assert_eq!(integer(&connection, &Source::Text(&text)), value);
        assert_eq!(integer(&connection, &Source::Text("SELECT 0 FROM n")), 0);
    }
    let texts = super::raw::open_statements(connection.raw());
    assert!(texts.len() <= 128, "{} statements are kept", texts.len());
    for recent in ["SELECT 0 FROM n", "SELECT 1000 FROM n", "SELECT 950 FROM n"] {
        assert!(texts.iter().any(|text| text == recent), "{recent} is not kept");
    }
}

#[test]
fn forgetting_statements_lets_the_connection_close() {
    let connection = filled();
    integer(&connection, &Source::Text("SELECT count(*) FROM n"));
    connection.forget_statements();
    assert_eq!(open(&connection), 0);
    connection.close().unwrap();
}
