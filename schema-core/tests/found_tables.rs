//! Models of tables as they are found in other people's databases, on filled tables.
#![allow(missing_docs)]

use schema_core::{
    Db, NoKey, Schema, Table,
    dialect::sqlite::{create_statements, create_table},
    value::Value,
};

/// The statement is taken as it is.
#[derive(Table, Clone, Debug, PartialEq)]
#[table(
    definition = "CREATE TABLE IF NOT EXISTS \"Found \"\"Books\"\"\" (
        isbn TEXT PRIMARY KEY COLLATE NOCASE, -- may be NULL
        anything, [a b] BOOL DEFAULT 'x', doubled AS (length(isbn) * 2)
    );",
    index(
        sql = "CREATE UNIQUE INDEX found_anything ON \"Found \"\"Books\"\"\" (lower(anything)) WHERE anything <> '';"
    ),
    trigger(
        sql = "CREATE TRIGGER found_log AFTER DELETE ON \"Found \"\"Books\"\"\" BEGIN INSERT INTO logs VALUES ('gone', old.isbn, 1); END;"
    )
)]
pub struct Found {
    #[column(primary_key)]
    pub isbn: Option<String>,
    #[column(sql_type = "")]
    pub anything: Option<Value>,
    #[column(name = "a b", default_sql = "'x'")]
    pub a_b: Option<Value>,
    #[column(generated = "length(isbn) * 2")]
    pub doubled: Option<i64>,
}

/// No key at all, keywords, and names that generated code has too.
#[derive(Table, Clone, Debug, PartialEq)]
#[table(name = "logs")]
pub struct Log {
    pub r#type: String,
    #[column(name = "größe \"mit\" [Leer]zeichen'")]
    pub size: Option<String>,
    #[column(sql_type = "")]
    pub query: Value,
}

#[derive(Table, Clone, Debug, PartialEq)]
#[table(strict, name = "select", index(r#match), unique(filter, r#in))]
pub struct Clash {
    #[column(primary_key, sql_type = "INT")]
    pub id: i64,
    pub matches: bool,
    pub filter: i64,
    pub r#in: i64,
    pub r#match: Option<i64>,
    pub new: Option<i64>,
    pub columns: Option<i64>,
    pub query: Option<i64>,
    pub eq: Option<i64>,
    pub alias: Option<i64>,
    pub read: Option<i64>,
    pub row: Option<i64>,
    pub at: Option<i64>,
    pub fields: Option<i64>,
    pub index: Option<i64>,
    pub json: Option<i64>,
    pub field: Option<i64>,
    pub assigns: Option<i64>,
    #[column(name = "_")]
    pub underscore: Option<i64>,
    pub value: Value,
}

schema_core::schema! {
    pub Others { Found, Log, Clash }
}

fn database() -> Db<Others> {
    let db = Db::<Others>::in_memory().unwrap();
    db.sqlite_raw(|connection| {
        for sql in Others::DEF.tables.iter().flat_map(|table| create_statements(table)) {
            connection.execute_batch(&sql)?;
        }
        Ok(())
    })
    .unwrap();
    db
}

#[test]
fn a_statement_of_its_own_is_taken_as_it_is_written() {
    assert_eq!(Found::DEF.name, "Found \"Books\"");
    let sql = create_statements(Found::DEF);
    assert!(
        sql[0].starts_with("CREATE TABLE IF NOT EXISTS") && sql[0].contains("-- may be NULL"),
        "{}",
        sql[0]
    );
    assert!(sql[0].ends_with(')'), "{}", sql[0]);
    assert!(
        sql[1].starts_with("CREATE UNIQUE INDEX found_anything") && sql[1].ends_with("<> ''"),
        "{}",
        sql[1]
    );
    assert!(sql[2].starts_with("CREATE TRIGGER found_log") && sql[2].ends_with("END"), "{}", sql[2]);
    assert_eq!(&*Found::DEF.indexes[0].name, "found_anything");
    assert_eq!(&*Found::DEF.triggers[0].name, "found_log");
}

#[test]
fn a_found_table_is_read_and_written_like_any_other() {
    let db = database();
    let books = FoundRepository::new(&db);
    let dune = NewFound {}.with(|b| (b.isbn.set("Dune"), b.anything.set(Value::Real(1.5))));
    let dune = books.insert(dune).unwrap();
    assert_eq!(
        dune,
        Found {
            isbn: Some("Dune".to_owned()),
            anything: Some(Value::Real(1.5)),
            a_b: Some(Value::Text("x".to_owned())),
            doubled: Some(8),
        }
    );
    let many: Vec<_> = (0..200)
        .map(|n| NewFound {}.with(|b| (b.isbn.set(format!("i{n}")), b.anything.set(Value::Integer(n)))))
        .collect();
    books.insert_many(many).unwrap();
    assert_eq!(books.get("DUNE").unwrap(), dune);
    books.update("dune", |b| b.anything.set(Value::Blob(vec![0, 255]))).unwrap();
    let mut saved = books.get("dune").unwrap();
    assert_eq!(saved.anything, Some(Value::Blob(vec![0, 255])));
    saved.a_b = None;
    assert_eq!(books.save(&saved).unwrap(), saved);
    assert_eq!(
        Found::query().filter(|b| b.anything.eq(Value::Integer(7))).one(&db).unwrap().isbn.as_deref(),
        Some("i7")
    );
    books.insert(NewFound {}.with(|b| b.anything.set(Value::Text("no key".to_owned())))).unwrap();
    assert_eq!(Found::query().filter(|b| b.isbn.is_null()).count(&db).unwrap(), 1);
    books.delete("dune").unwrap();
    let log = Log::query().one(&db).unwrap();
    assert_eq!((&*log.r#type, log.size.as_deref(), log.query), ("gone", Some("Dune"), Value::Integer(1)));
}

#[test]
fn the_far_side_of_a_left_join_is_there_where_its_key_is_null() {
    let db = database();
    FoundRepository::new(&db).insert(NewFound {}.with(|b| b.anything.set(Value::Integer(1)))).unwrap();
    let logs = LogRepository::new(&db);
    for number in [1, 2] {
        logs.insert(NewLog { r#type: "t".to_owned(), query: Value::Integer(number) }).unwrap();
    }
    let rows = Log::query()
        .left_join::<Found>(|l, b| b.anything.eq(l.query))
        .order_by(|(l, _)| l.query.asc())
        .all(&db)
        .unwrap();
    let there: Vec<bool> = rows.iter().map(|(_, found)| found.is_some()).collect();
    assert_eq!(there, [true, false]);
}

#[test]
fn a_table_without_a_key_is_inserted_into_listed_and_queried() {
    fn is_no_key<T: Table<Key = NoKey>>() {}
    is_no_key::<Log>();
    let db = database();
    let logs = LogRepository::new(&db);
    for value in [
        Value::Null,
        Value::Integer(i64::MIN),
        Value::Real(-0.5),
        Value::Text("it's".to_owned()),
        Value::Blob(vec![]),
    ] {
        let row =
            logs.insert(NewLog { r#type: "a".to_owned(), query: value.clone() }.with(|l| l.size.set("groß")));
        if value == Value::Null {
            assert!(row.unwrap_err().violates::<Log>(|l| l.query), "the field is no Option");
        } else {
            assert_eq!(row.unwrap().query, value);
        }
    }
    assert_eq!((logs.list().unwrap().len(), logs.count().unwrap()), (4, 4));
    let sizes = Log::query().filter(|l| l.r#type.eq("a")).select(|l| l.size).distinct().all(&db).unwrap();
    assert_eq!(sizes, [Some("groß".to_owned())]);
    let error = logs.insert(NewLog { r#type: String::new(), query: Value::Real(f64::NAN) }).unwrap_err();
    assert!(error.is_value(), "{error}");
}

#[test]
fn names_of_generated_code_and_keywords_are_columns_too() {
    let db = database();
    assert!(create_table(Clash::DEF).contains("\"value\" ANY NOT NULL"), "{}", create_table(Clash::DEF));
    let clashes = ClashRepository::new(&db);
    let new = NewClash { id: 7, matches: true, filter: 1, r#in: 2, value: Value::Text("12".to_owned()) };
    let row = clashes.insert(new.with(|c| (c.query.set(3), c.underscore.set(4)))).unwrap();
    assert_eq!(
        (row.id, row.query, row.underscore, &row.value),
        (7, Some(3), Some(4), &Value::Text("12".to_owned()))
    );
    assert_eq!(clashes.get_by(|c| c.filter_in, (1, 2)).unwrap(), row);
    clashes.update(7, |c| (c.matches.set(false), c.r#match.set(1), c.value.set(Value::Integer(1)))).unwrap();
    let found = Clash::query().filter(|c| !c.matches).filter(|c| c.r#match.eq(1)).one(&db).unwrap();
    assert_eq!((found.eq, found.value), (None, Value::Integer(1)));
    let patch: ClashUpdate = serde_json::from_str(r#"{"value": 2.5, "in": 9, "new": null}"#).unwrap();
    clashes.patch(7, patch).unwrap();
    let patched = clashes.get(7).unwrap();
    assert_eq!((patched.value, patched.r#in), (Value::Real(2.5), 9));
}
