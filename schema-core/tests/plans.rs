//! Plans of queries in words, on a filled database with its indexes.
#![allow(missing_docs)]

use schema_core::{
    Db, Row, Schema, Table, assert_uses_index,
    dialect::sqlite::{create_statements, full_text_statements},
    exists,
    expr::count,
    query::Explain,
    scalar,
};

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Author {
    #[column(primary_key)]
    pub id: i64,
    #[column(unique)]
    pub name: String,
}

#[derive(Table, Clone, Debug, PartialEq)]
#[table(fts(title), index(name = "books_by_author", author_id), index(name = "books_by_pages", pages, title))]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
    #[column(references = Author)]
    pub author_id: i64,
    pub pages: i64,
    pub tags: String,
}

#[derive(Row, Clone, Debug, PartialEq)]
pub struct Total {
    pub pages: i64,
    pub books: i64,
}

schema_core::schema! {
    pub Library { Author, Book }
}

fn library() -> Db<Library> {
    let db = Db::<Library>::in_memory().unwrap();
    db.sqlite_raw(|connection| {
        for table in Library::DEF.tables.iter() {
            for sql in create_statements(table).into_iter().chain(full_text_statements(table)) {
                connection.execute_batch(&sql)?;
            }
        }
        connection.execute_batch(
            "WITH RECURSIVE up(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM up WHERE i < 20)
             INSERT INTO authors SELECT i, 'author ' || i FROM up;
             WITH RECURSIVE up(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM up WHERE i < 2000)
             INSERT INTO books SELECT i, 'book ' || i, 1 + i % 20, i % 700, '[\"a\"]' FROM up;
             ANALYZE;",
        )
    })
    .unwrap();
    db
}

/// What is printed.
#[track_caller]
fn assert_plan(query: &impl Explain<Db<Library>>, db: &Db<Library>, lines: &str) {
    assert_eq!(query.plan(db).unwrap().to_string().trim_end(), lines);
}

#[test]
fn a_search_by_an_index_or_the_key_is_told_from_a_full_scan() {
    let db = library();
    let by_title = Book::query().filter(|b| b.title.eq("x"));
    assert_plan(&by_title, &db, "- FULL SCAN: reads every row of `books`");
    assert_eq!(by_title.explain(&db).unwrap().scans().collect::<Vec<_>>(), ["books"]);
    assert_eq!(by_title.explain(&db).unwrap().indexes().count(), 0);

    let by_author = Book::query().filter(|b| b.author_id.eq(7)).order_by(|b| b.title.asc());
    assert_plan(
        &by_author,
        &db,
        "- finds rows of `books` by the index `books_by_author` (author_id=?)\n- sorts: ORDER BY",
    );
    let plan = by_author.explain(&db).unwrap();
    assert!(plan.uses_index("books_by_author") && plan.uses_index("BOOKS_BY_AUTHOR"));
    assert!(!plan.uses_index("books_by") && !plan.uses_index("books_by_pages"));
    assert_eq!(plan.scans().count(), 0);

    let by_key = Book::query().filter(|b| b.id.eq(7));
    assert_plan(&by_key, &db, "- finds rows of `books` by the primary key (rowid=?)");
    let by_name = Author::query().filter(|a| a.name.eq("author 3"));
    assert_uses_index(&by_name, &db, "sqlite_autoindex_authors_1");
}

#[test]
fn an_index_that_is_read_from_end_to_end_is_a_full_scan_too() {
    let db = library();
    let ordered = Book::query().order_by(|b| b.pages.asc());
    assert_plan(
        &ordered,
        &db,
        "- FULL SCAN: reads every row of `books` in the order of the index `books_by_pages`",
    );
    assert_uses_index(&ordered, &db, "books_by_pages");
}

#[test]
fn joins_name_their_tables_and_the_indexes_that_sqlite_has_to_make() {
    let db = library();
    let left = Book::query().left_join::<Author>(|b, a| a.id.eq(b.author_id));
    assert_plan(
        &left,
        &db,
        "- FULL SCAN: reads every row of `books`\n- finds rows of `authors` by the primary key (rowid=?)",
    );
    let made = Book::query().join::<Book>(|b, other| other.tags.eq(b.tags)).explain(&db).unwrap();
    assert_eq!(made.scans().collect::<Vec<_>>(), ["books", "books"]);
    assert!(made.to_string().contains("FULL SCAN: makes an index of every row of `books`"), "{made}");
}

#[test]
fn parts_of_a_query_stand_under_it() {
    let db = library();
    let either = Book::query().filter(|b| b.author_id.eq(7).or(b.pages.eq(3)));
    assert_plan(
        &either,
        &db,
        "- finds rows for each side of an OR\n  \
           - one side\n    \
             - finds rows of `books` by the index `books_by_author` (author_id=?)\n  \
           - one side\n    \
             - finds rows of `books` by the index `books_by_pages` (pages=?)",
    );
    let both = Author::query().select(|a| a.id).union(Book::query().select(|b| b.id));
    assert_plan(
        &both,
        &db,
        "- puts two sorted queries together (UNION)\n  \
           - the left one\n    \
             - FULL SCAN: reads every row of `authors`\n  \
           - the right one\n    \
             - FULL SCAN: reads every row of `books`",
    );
}

#[test]
fn subqueries_are_told_by_how_often_they_run() {
    let db = library();
    let with_books = Author::query().filter(|a| exists(Book::query().filter(|b| b.author_id.eq(a.id))));
    let plan = with_books.explain(&db).unwrap();
    assert_eq!(plan.scans().collect::<Vec<_>>(), ["authors"], "{plan}");
    assert!(plan.uses_index("books_by_author"), "{plan}");

    let newest = Author::query().select(|a| {
        (a.id, scalar(Book::query().filter(|b| b.author_id.eq(a.id)).select(|b| b.pages).limit(1)))
    });
    assert_plan(
        &newest,
        &db,
        "- FULL SCAN: reads every row of `authors`\n\
         - computes a subquery for every row\n  \
           - finds rows of `books` by the index `books_by_author` (author_id=?)",
    );
    let listed = Author::query().filter(|a| a.id.in_query(Book::query().select(|b| b.author_id)));
    assert_uses_index(&listed, &db, "books_by_author");
}

#[test]
fn the_rows_of_a_common_table_and_of_a_search_are_no_table_scans() {
    let db = library();
    let totals = Book::query()
        .group_by(|b| b.pages)
        .select(|pages, b| TotalSelect { pages, books: count(b) })
        .cte("totals");
    let plan = totals.query().filter(|t| t.books.gt(2)).order_by(|t| t.books.desc()).explain(&db).unwrap();
    assert_eq!(plan.scans().collect::<Vec<_>>(), ["books"], "{plan}");
    assert!(plan.to_string().contains("- reads every row of `totals`"), "{plan}");

    let search = Book::query().filter(|b| b.matches("book"));
    assert_plan(
        &search,
        &db,
        "- asks the virtual table `books_fts`\n- finds rows of `books` by the primary key (rowid=?)",
    );
}

#[test]
fn changes_have_plans_and_are_not_made() {
    let db = library();
    let update = Book::update().set(|b| b.pages.set(3)).filter(|b| b.author_id.eq(2));
    assert_plan(&update, &db, "- finds rows of `books` by the index `books_by_author` (author_id=?)");
    assert_uses_index(&update, &db, "books_by_author");
    let delete = Book::delete().filter(|b| b.title.contains("book"));
    assert_eq!(delete.explain(&db).unwrap().scans().collect::<Vec<_>>(), ["books"]);
    assert!(Book::delete().explain(&db).unwrap_err().is_misuse());
    assert_eq!(Book::query().count(&db).unwrap(), 2000);
}

#[test]
#[should_panic(expected = "the index `books_by_pages` is not used:\n- FULL SCAN: reads every row of `books`")]
fn a_test_that_asks_for_an_index_fails_with_the_plan() {
    assert_uses_index(&Book::query().filter(|b| b.title.eq("x")), &library(), "books_by_pages");
}

#[test]
fn a_plan_inside_of_a_transaction_is_that_of_its_database() {
    let db = library();
    db.transaction(|tx| {
        tx.sqlite_raw(|connection| connection.execute_batch("DROP INDEX books_by_author"))?;
        let plan = Book::query().filter(|b| b.author_id.eq(1)).explain(tx)?;
        assert_eq!(plan.scans().collect::<Vec<_>>(), ["books"], "{plan}");
        Ok(())
    })
    .unwrap();
}
