//! `for_each` reads a table larger than the memory it takes. Alone in its file: the peak is the process's.
#![cfg(target_os = "linux")]
#![allow(missing_docs)]

use schema_core::{Db, Table};

#[derive(Table, Clone, Debug)]
pub struct Page {
    #[column(primary_key)]
    pub id: i64,
    pub body: String,
}

schema_core::schema! {
    pub App { Page }
}

const ROWS: usize = 20_000;
const BYTES: usize = 4_000;
const MIB: usize = 1 << 20;

/// The most memory that this process has had, in bytes.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 1024
}

#[test]
fn a_stream_of_rows_takes_no_more_memory_than_a_few_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("pages.db").display());
    let db = Db::<App>::open(&url).unwrap();
    db.sqlite_raw(|connection| {
        connection.execute_batch(&format!(
            "CREATE TABLE pages (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS})
             INSERT INTO pages SELECT i, hex(zeroblob({BYTES} / 2)) FROM n;"
        ))
    })
    .unwrap();
    let before = peak();
    let (mut rows, mut bytes) = (0, 0);
    Page::query()
        .for_each(&db, |page| {
            rows += 1;
            bytes += page.body.len();
            Ok(())
        })
        .unwrap();
    assert_eq!((rows, bytes), (ROWS, ROWS * BYTES));
    let streamed = peak() - before;
    assert!(streamed < 8 * MIB, "{streamed} bytes for {bytes} bytes of rows");
    // The measure is one: all rows at once do take what they are.
    assert_eq!(Page::query().all(&db).unwrap().len(), ROWS);
    assert!(peak() - before > bytes, "{} bytes for {bytes} bytes of rows", peak() - before);
}
