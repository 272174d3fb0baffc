//! What queries write, and what they give on a filled database.
#![allow(missing_docs)]

use schema_core::{Db, Filled, SqlEnum, SqlType, Table, exists, expr::value, row};
use time::{Date, OffsetDateTime, macros::date};
use uuid::Uuid;

#[derive(SqlType, Clone, Copy, Debug, PartialEq)]
pub struct ReaderId(Uuid);

#[derive(SqlEnum, Clone, Copy, Debug, PartialEq)]
#[sql_enum(rename_all = "kebab-case")]
pub enum Mood {
    WellRead,
    Curious,
}

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Reader {
    #[column(primary_key, default = uuid_v7)]
    pub id: ReaderId,
    pub name: String,
    #[column(default = Mood::Curious)]
    pub mood: Mood,
    #[column(json)]
    pub tags: Option<Vec<String>>,
    pub born_on: Option<Date>,
    #[column(soft_delete)]
    pub deleted_at: Option<OffsetDateTime>,
    #[column(created_at, stored = "unix")]
    pub created_at: OffsetDateTime,
    #[column(updated_at)]
    pub updated_at: OffsetDateTime,
    #[column(skip)]
    pub selected: bool,
}

#[derive(Table, Clone, Debug, PartialEq)]
#[table(primary_key(reader_id, book))]
pub struct Loan {
    #[column(references = Reader, on_delete = cascade)]
    pub reader_id: ReaderId,
    pub book: String,
    #[column(default = 1)]
    pub times: i64,
    pub rating: Option<i64>,
}

schema_core::schema! {
    pub Library { Reader, Loan }
}

fn library() -> (Db<Library>, Vec<Reader>) {
    let db = Db::<Library>::in_memory().unwrap();
    db.sqlite_raw(|connection| {
        connection.execute_batch(
            "CREATE TABLE readers (id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, mood TEXT NOT NULL,
               tags TEXT, born_on TEXT, deleted_at TEXT, created_at INTEGER NOT NULL, updated_at TEXT NOT NULL);
             CREATE TABLE loans (reader_id TEXT NOT NULL REFERENCES readers (id) ON DELETE CASCADE,
               book TEXT NOT NULL, times INTEGER NOT NULL, rating INTEGER, PRIMARY KEY (reader_id, book));",
        )
    })
    .unwrap();
    let readers = ReaderRepository::new(&db);
    let new = |name: &str| NewReader { name: name.to_owned() };
    let rows = vec![
        readers
            .insert(new("Ada").with(|r| (r.mood.set(Mood::WellRead), r.born_on.set(date!(1815 - 12 - 10)))))
            .unwrap(),
        readers.insert(new("Bo_b 100%").with(|r| r.tags.set(vec!["a".to_owned()]))).unwrap(),
        readers.insert(new("Cy")).unwrap(),
    ];
    let loans = LoanRepository::new(&db);
    for (reader, book, rating) in [(0, "Dune", Some(5)), (0, "Emma", None), (1, "Dune", Some(2))] {
        let loan = NewLoan { reader_id: rows[reader].id, book: book.to_owned() };
        loans.insert(loan.with(|l| l.rating.set(rating))).unwrap();
    }
    (db, rows)
}

fn names(query: schema_core::query::Query<Reader>, db: &Db<Library>) -> Vec<String> {
    query.order_by(|r| r.name.asc()).select(|r| r.name).all(db).unwrap()
}

#[test]
fn a_new_row_is_known_without_asking_the_database() {
    let (db, rows) = library();
    let readers = ReaderRepository::new(&db);
    for row in &rows {
        assert_eq!(readers.get(row.id).unwrap(), *row);
    }
    assert_eq!((rows[0].mood, rows[2].mood, rows[2].selected), (Mood::WellRead, Mood::Curious, false));
    assert_eq!(rows[1].tags.as_deref(), Some(&["a".to_owned()][..]));
}

#[test]
fn filters_say_what_sql_says() {
    let (db, rows) = library();
    assert_eq!(names(Reader::query().filter(|r| r.name.eq("Ada")), &db), ["Ada"]);
    assert_eq!(names(Reader::query().filter(|r| r.mood.eq(Mood::Curious)), &db), ["Bo_b 100%", "Cy"]);
    assert_eq!(names(Reader::query().filter(|r| r.id.in_list([rows[0].id, rows[2].id])), &db), ["Ada", "Cy"]);
    assert_eq!(names(Reader::query().filter(|r| r.born_on.is_null()), &db).len(), 2);
    assert_eq!(names(Reader::query().filter(|r| r.born_on.lt(date!(1900 - 01 - 01))), &db), ["Ada"]);
    assert_eq!(names(Reader::query().filter(|r| r.name.between("B", "D")), &db), ["Bo_b 100%", "Cy"]);
    assert_eq!(names(Reader::query().filter(|r| !r.name.eq("Ada")), &db).len(), 2);
    assert_eq!(names(Reader::query().filter(|r| r.name.eq("Ada").or(r.name.eq("Cy"))), &db), ["Ada", "Cy"]);
    assert_eq!(names(Reader::query().filter(|r| r.created_at.le(OffsetDateTime::now_utc())), &db).len(), 3);
}

#[test]
fn an_empty_list_is_false_and_its_negation_true() {
    let (db, _) = library();
    let none: [ReaderId; 0] = [];
    assert_eq!(Reader::query().filter(|r| r.id.in_list(none)).count(&db).unwrap(), 0);
    assert_eq!(Reader::query().filter(|r| r.id.not_in_list(none)).count(&db).unwrap(), 3);
}

#[test]
fn contains_takes_percent_and_underscore_for_themselves() {
    let (db, _) = library();
    assert_eq!(names(Reader::query().filter(|r| r.name.contains("100%")), &db), ["Bo_b 100%"]);
    assert_eq!(Reader::query().filter(|r| r.name.contains("%")).count(&db).unwrap(), 1);
    assert_eq!(names(Reader::query().filter(|r| r.name.starts_with("bo_")), &db), ["Bo_b 100%"]);
    assert_eq!(Reader::query().filter(|r| r.name.starts_with("b__b")).count(&db).unwrap(), 0);
    assert_eq!(Reader::query().filter(|r| r.name.like("b__b%")).count(&db).unwrap(), 1);
}

#[test]
fn values_are_bound_and_never_written_into_the_text() {
    let sql = Reader::query().filter(|r| r.name.eq("'; DROP TABLE readers; --")).limit(3).offset(1).to_sql();
    assert_eq!(
        sql,
        "SELECT t0.\"id\", t0.\"name\", t0.\"mood\", t0.\"tags\", t0.\"born_on\", t0.\"deleted_at\", \
         t0.\"created_at\", t0.\"updated_at\" FROM \"readers\" AS t0 WHERE t0.\"deleted_at\" IS NULL AND \
         (t0.\"name\" = ?) LIMIT +? OFFSET +?"
    );
}

#[test]
fn one_optional_and_first_count_rows() {
    let (db, _) = library();
    assert_eq!(Reader::query().filter(|r| r.name.eq("Ada")).one(&db).unwrap().name, "Ada");
    assert!(Reader::query().one(&db).unwrap_err().is_too_many_rows());
    assert!(Reader::query().optional(&db).unwrap_err().is_too_many_rows());
    assert!(Reader::query().filter(|r| r.name.eq("x")).one(&db).unwrap_err().is_not_found());
    assert_eq!(Reader::query().filter(|r| r.name.eq("x")).optional(&db).unwrap(), None);
    assert_eq!(Reader::query().order_by(|r| r.name.desc()).first(&db).unwrap().unwrap().name, "Cy");
    assert!(Reader::query().filter(|r| r.name.eq("Cy")).exists(&db).unwrap());
    assert_eq!(Reader::query().limit(2).count(&db).unwrap(), 2);
    assert_eq!(Reader::query().select(|r| r.mood).distinct().count(&db).unwrap(), 2);
    assert_eq!(names(Reader::query().limit(1).offset(1), &db), ["Bo_b 100%"]);
}

#[test]
fn the_far_side_of_a_left_join_is_an_option() {
    let (db, _) = library();
    let rows = Reader::query()
        .left_join::<Loan>(|r, l| l.reader_id.eq(r.id))
        .order_by(|(r, l)| (r.name.asc(), l.book.asc()))
        .all(&db)
        .unwrap();
    let seen = rows.iter().map(|(r, l)| (r.name.as_str(), l.as_ref().map(|l| (l.book.as_str(), l.rating))));
    assert_eq!(
        seen.collect::<Vec<_>>(),
        [
            ("Ada", Some(("Dune", Some(5)))),
            ("Ada", Some(("Emma", None))),
            ("Bo_b 100%", Some(("Dune", Some(2)))),
            ("Cy", None)
        ]
    );
    let pairs: Vec<(String, Option<i64>)> = Reader::query()
        .join::<Loan>(|r, l| l.reader_id.eq(r.id))
        .filter(|(_, l)| l.rating.gt(1))
        .order_by(|(r, _)| r.name.asc())
        .select(|(r, l)| (r.name, l.rating + l.times))
        .all(&db)
        .unwrap();
    assert_eq!(pairs, [("Ada".to_owned(), Some(6)), ("Bo_b 100%".to_owned(), Some(3))]);
}

#[test]
fn a_subquery_uses_the_columns_of_the_query_that_it_stands_in() {
    let (db, _) = library();
    let borrowed = |r: ReaderColumns<schema_core::expr::Required>| {
        exists(Loan::query().filter(move |l| l.reader_id.eq(r.id).and(l.book.eq("Emma"))))
    };
    assert_eq!(names(Reader::query().filter(borrowed), &db), ["Ada"]);
    assert_eq!(names(Reader::query().filter(|r| !borrowed(r)), &db), ["Bo_b 100%", "Cy"]);
}

#[test]
fn a_copy_of_a_query_nested_in_it_keeps_its_own_columns() {
    let (db, _) = library();
    let inner = Reader::query();
    let copy = inner.clone();
    let youngest = inner.filter(|r| !exists(copy.filter(|other| other.name.gt(r.name))));
    assert_eq!(names(youngest, &db), ["Cy"]);
}

#[test]
fn a_column_of_another_query_is_an_error_and_no_wrong_answer() {
    let (db, _) = library();
    let mut stolen = None;
    let _ = Reader::query().filter(|r| {
        stolen = Some(r.name);
        r.name.eq("x")
    });
    let error = Reader::query().filter(|_| stolen.unwrap().eq("Ada")).all(&db).unwrap_err();
    assert!(error.is_misuse() && error.to_string().contains("another query"), "{error}");
}

#[test]
fn soft_deleted_rows_are_left_out_until_they_are_asked_for() {
    let (db, rows) = library();
    let readers = ReaderRepository::new(&db);
    let ada = rows[0].id;
    readers.delete(ada).unwrap();
    assert!(readers.get(ada).unwrap_err().is_not_found() && !readers.exists(ada).unwrap());
    assert_eq!((readers.count().unwrap(), readers.list().unwrap().len()), (2, 2));
    assert_eq!(Reader::query().count(&db).unwrap(), 2);
    assert_eq!(Reader::query().with_deleted().filter(|r| r.deleted_at.is_not_null()).count(&db).unwrap(), 1);
    let loans = Loan::query().left_join::<Reader>(|l, r| r.id.eq(l.reader_id)).all(&db).unwrap();
    assert_eq!(loans.iter().filter(|(_, reader)| reader.is_none()).count(), 2);
    assert!(readers.delete(ada).unwrap_err().is_not_found(), "a row is deleted once");
    readers.restore(ada).unwrap();
    assert_eq!(readers.get(ada).unwrap().deleted_at, None);
    readers.delete_forever(ada).unwrap();
    assert_eq!(Reader::query().with_deleted().count(&db).unwrap(), 2);
    assert_eq!(LoanRepository::new(&db).count().unwrap(), 1, "the loans went with their reader");
}

#[test]
fn a_key_of_several_columns_finds_updates_and_deletes_one_row() {
    let (db, rows) = library();
    let loans = LoanRepository::new(&db);
    let ada = rows[0].id;
    assert_eq!(loans.get((ada, "Dune")).unwrap().rating, Some(5));
    loans.update((ada, "Dune"), |l| (l.times.set(l.times + 1), l.rating.set(None))).unwrap();
    assert_eq!(
        loans.get((ada, "Dune")).unwrap(),
        Loan { reader_id: ada, book: "Dune".into(), times: 2, rating: None }
    );
    let saved = loans.save(&Loan { rating: Some(1), ..loans.get((ada, "Dune")).unwrap() }).unwrap();
    assert_eq!(loans.get_by(|l| l.reader_id_book, (ada, "Dune")).unwrap(), saved);
    loans.delete((ada, "Dune")).unwrap();
    assert_eq!(loans.find((ada, "Dune")).unwrap(), None);
    let error = loans.delete((ada, "Dune")).unwrap_err();
    assert!(error.to_string().contains("book = 'Dune'"), "{error}");
}

#[test]
fn a_patch_keeps_what_is_absent_sets_null_and_runs_nothing_when_empty() {
    let (db, rows) = library();
    let readers = ReaderRepository::new(&db);
    let patch = |json: &str| serde_json::from_str::<ReaderUpdate>(json);
    readers.patch(rows[0].id, patch(r#"{"name": "Ada L.", "tags": ["x"]}"#).unwrap()).unwrap();
    let ada = readers.get(rows[0].id).unwrap();
    assert_eq!(
        (ada.name.as_str(), ada.tags.as_deref(), ada.born_on),
        ("Ada L.", Some(&["x".to_owned()][..]), rows[0].born_on)
    );
    readers.patch(rows[0].id, patch(r#"{"born_on": null, "mood": "curious"}"#).unwrap()).unwrap();
    assert_eq!(readers.get(rows[0].id).unwrap().born_on, None);
    readers.patch(ReaderId(Uuid::nil()), patch("{}").unwrap()).unwrap();
    assert!(
        readers.patch(ReaderId(Uuid::nil()), patch(r#"{"name": "x"}"#).unwrap()).unwrap_err().is_not_found()
    );
    for (json, says) in [
        (r#"{"nam": "x"}"#, "unknown field `nam`, expected one of `name`, `mood`, `tags`, `born_on`"),
        (r#"{"mood": "bored"}"#, "`mood` takes one of `well-read`, `curious`, and the JSON has \"bored\""),
        (r#"{"name": null}"#, "field `name` takes text, and the JSON has null"),
    ] {
        let error = patch(json).err().unwrap().to_string();
        assert!(error.contains(says), "{error}");
    }
}

#[test]
fn a_column_set_twice_is_an_error() {
    let (db, rows) = library();
    let error =
        ReaderRepository::new(&db).update(rows[0].id, |r| (r.name.set("a"), r.name.set("b"))).unwrap_err();
    assert!(error.is_misuse() && error.to_string().contains("`name` is set twice"), "{error}");
}

#[test]
fn a_cell_that_does_not_fit_names_table_column_and_key() {
    let (db, rows) = library();
    db.sqlite_raw(|connection| {
        connection.execute_batch("UPDATE readers SET mood = 'bored' WHERE name = 'Ada'")
    })
    .unwrap();
    let told = format!(
        "column `readers.mood` of the row with id = '{}': found TEXT 'bored', wanted Mood ('well-read', 'curious')",
        rows[0].id.0
    );
    assert_eq!(ReaderRepository::new(&db).get(rows[0].id).unwrap_err().to_string(), told);
    assert_eq!(Reader::query().all(&db).unwrap_err().to_string(), told);
    assert_eq!(Reader::query().select(|r| (r.mood, r.id)).all(&db).unwrap_err().to_string(), told);
    let joined = Loan::query().join::<Reader>(|l, r| r.id.eq(l.reader_id)).all(&db).unwrap_err();
    assert_eq!(joined.to_string(), told);
}

#[test]
fn a_value_that_does_not_fit_is_refused_before_anything_runs() {
    let (db, rows) = library();
    let before_our_era = date!(-0001 - 01 - 01);
    let error = ReaderRepository::new(&db).update(rows[0].id, |r| r.born_on.set(before_our_era)).unwrap_err();
    assert!(error.is_value() && error.to_string().contains("nothing was"), "{error}");
    let new = NewReader { name: "x".into() }.with(|r| r.born_on.set(before_our_era));
    let error = ReaderRepository::new(&db).insert(new).unwrap_err();
    assert!(error.to_string().contains("`readers.born_on`"), "{error}");
}

#[test]
fn a_database_behind_its_models_says_so() {
    let db = Db::<Library>::in_memory().unwrap();
    let error = Reader::query().all(&db).unwrap_err();
    assert!(error.is_behind_schema() && error.to_string().contains("db-migrate"), "{error}");
}

#[test]
fn a_batch_is_inserted_whole_or_not_at_all() {
    let (db, rows) = library();
    let loans = LoanRepository::new(&db);
    let new = |n: i64| NewLoan { reader_id: rows[2].id, book: format!("book {}", n % 120) };
    assert_eq!(loans.insert_many((0..120).map(new)).unwrap(), 120);
    let before = loans.count().unwrap();
    let mixed =
        (200..330).map(|n| NewLoan { book: format!("b{}", n % 129), ..new(n) }.with(|l| l.times.set(n)));
    let error = loans.insert_many(mixed).unwrap_err();
    assert!(error.violates::<Loan>(|l| l.reader_id_book), "{error}");
    assert_eq!(loans.count().unwrap(), before);
    assert_eq!(loans.insert_many(Vec::<NewLoan>::new()).unwrap(), 0);
    // Rows with optional columns and without stand in one list.
    let loan = |book: &str| NewLoan { reader_id: rows[2].id, book: book.to_owned() };
    let listed: Vec<Filled<NewLoan>> = vec![loan("plain").into(), loan("rated").with(|l| l.rating.set(4))];
    assert_eq!(loans.insert_many(listed).unwrap(), 2);
    let ratings =
        Loan::query().filter(|l| l.book.in_list(["plain", "rated"])).select(|l| (l.book, l.rating)).all(&db);
    assert_eq!(ratings.unwrap(), [("plain".to_owned(), None), ("rated".to_owned(), Some(4))]);
    let fitting = loans.insert_many((0..3).map(|n| {
        NewLoan { reader_id: rows[2].id, book: format!("c{n}") }.with(|l| l.rating.set((n > 0).then_some(n)))
    }));
    assert_eq!(fitting.unwrap(), 3);
    assert_eq!(loans.get((rows[2].id, "c2")).unwrap().rating, Some(2));
}

#[test]
fn a_deleted_row_is_neither_updated_nor_saved_back_to_life() {
    let (db, rows) = library();
    let readers = ReaderRepository::new(&db);
    let ada = readers.get(rows[0].id).unwrap();
    readers.delete(ada.id).unwrap();
    assert!(readers.update(ada.id, |r| r.name.set("x")).unwrap_err().is_not_found());
    assert!(readers.update_returning(ada.id, |r| r.name.set("x")).unwrap_err().is_not_found());
    assert!(readers.save(&ada).unwrap_err().is_not_found());
    readers.restore(ada.id).unwrap();
    assert_eq!(readers.get(ada.id).unwrap().name, "Ada");
}

#[test]
fn division_by_zero_is_none() {
    let (db, rows) = library();
    let halves: Vec<Option<i64>> = Loan::query()
        .filter(|l| l.reader_id.eq(rows[1].id))
        .select(|l| l.times / (l.times - 1))
        .all(&db)
        .unwrap();
    assert_eq!(halves, [None]);
}

#[test]
fn too_many_values_in_a_list_say_what_to_do() {
    let (db, _) = library();
    let error = Loan::query().filter(|l| l.times.in_list(0..40_000_i64)).count(&db).unwrap_err();
    assert!(error.to_string().contains("split the list"), "{error}");
}

#[test]
fn rows_of_values_are_looked_for_in_lists() {
    let (db, rows) = library();
    let found = |list: Vec<(ReaderId, &'static str)>| {
        Loan::query().filter(|l| row((l.reader_id, l.book)).in_list(list)).count(&db).unwrap()
    };
    assert_eq!(
        found(vec![(rows[0].id, "Dune"), (rows[1].id, "Dune"), (rows[2].id, "Dune"), (rows[1].id, "Emma")]),
        2
    );
    assert_eq!(found(vec![]), 0);
    let others = Loan::query().filter(|l| row((l.reader_id, l.book)).not_in_list([(rows[0].id, "Dune")]));
    assert_eq!(others.count(&db).unwrap(), 2);
    assert_eq!(
        Loan::query().filter(|l| row((l.book, l.times)).not_in_list::<(&str, i64)>([])).count(&db).unwrap(),
        3
    );
    // Of what may be NULL nobody knows, unless another part says no.
    let known: Vec<Option<bool>> = Loan::query()
        .order_by(|l| l.rating.asc())
        .select(|l| row((l.book, l.rating)).in_list([("Emma", 5), ("Dune", 5)]))
        .all(&db)
        .unwrap();
    assert_eq!(known, [None, Some(false), Some(true)]);
    // A part may be an expression.
    let twice = Loan::query().filter(|l| {
        row((l.book, l.times)).in_list([(l.book.lower(), l.times + 0), (value("Dune"), l.times + 0)])
    });
    assert_eq!(twice.count(&db).unwrap(), 2);
}

#[test]
fn many_rows_come_back_with_what_was_filled_in() {
    let (db, _) = library();
    let readers = ReaderRepository::new(&db);
    let new = |name: &str| NewReader { name: name.to_owned() };
    let rows = readers
        .insert_many_returning([
            new("Di").with(|r| r.mood.set(Mood::WellRead)),
            new("Ed").with(|r| r.mood.set(Mood::Curious)),
        ])
        .unwrap();
    assert_eq!(
        rows.iter().map(|row| (&*row.name, row.mood)).collect::<Vec<_>>(),
        [("Di", Mood::WellRead), ("Ed", Mood::Curious)]
    );
    for row in &rows {
        assert_eq!(readers.get(row.id).unwrap(), *row);
    }
    let loan = |book: &str| NewLoan { reader_id: rows[0].id, book: book.to_owned() };
    let error =
        LoanRepository::new(&db).insert_many_returning([loan("Solaris"), loan("Solaris")]).unwrap_err();
    assert!(error.violation().is_some(), "{error}");
    assert_eq!(LoanRepository::new(&db).count().unwrap(), 3, "all or none");
    assert_eq!(LoanRepository::new(&db).insert_many_returning(Vec::<NewLoan>::new()).unwrap(), []);
}
