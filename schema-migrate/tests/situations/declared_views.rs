//! Views and full-text indexes that models declare.

use std::borrow::Cow;

use schema_core::model::{
    ColumnDef, FullTextDef, KeyColumn, PrimaryKeyDef, SchemaDef, SqlText, TableDef, TriggerDef, ViewDef,
    VirtualTableDef,
};
use schema_migrate::diff::{Answers, compare};
use schema_migrate::inspect::materialise;

use crate::harness::schema_of;

fn column(name: &str, sql_type: &str) -> ColumnDef {
    ColumnDef {
        name: Cow::Owned(name.to_owned()),
        sql_type: Cow::Owned(sql_type.to_owned()),
        ..ColumnDef::EMPTY
    }
}

fn table(name: &str, columns: Vec<ColumnDef>) -> Cow<'static, TableDef> {
    Cow::Owned(TableDef { name: Cow::Owned(name.to_owned()), columns: columns.into(), ..TableDef::EMPTY })
}

fn view(name: &str, sql: &str, columns: &[&str]) -> Cow<'static, ViewDef> {
    Cow::Owned(ViewDef {
        name: Cow::Owned(name.to_owned()),
        model: Cow::Owned(format!("Model of {name}")),
        source: "src/models.rs:7".into(),
        columns: columns.iter().map(|name| column(name, "TEXT")).collect(),
        sql: SqlText::owned(sql),
        ..ViewDef::EMPTY
    })
}

fn book() -> Cow<'static, TableDef> {
    let key = KeyColumn::new("id");
    Cow::Owned(TableDef {
        name: "book".into(),
        columns: vec![column("id", "INTEGER"), column("title", "TEXT"), column("author", "TEXT")].into(),
        primary_key: Some(PrimaryKeyDef {
            name: None,
            columns: vec![key].into(),
            autoincrement: false,
            conflict: None,
            rowid_alias: true,
        }),
        full_text: vec![FullTextDef {
            name: "book_text".into(),
            columns: vec!["title".into()].into(),
            tokenize: Some("porter unicode61".into()),
            prefix: None,
        }]
        .into(),
        ..TableDef::EMPTY
    })
}

fn schema(tables: Vec<Cow<'static, TableDef>>, views: Vec<Cow<'static, ViewDef>>) -> SchemaDef {
    SchemaDef { tables: tables.into(), views: views.into(), ..SchemaDef::EMPTY }
}

#[test]
fn a_declared_view_is_the_one_that_a_database_holds() {
    let mut top =
        view("top", "SELECT author, count(*) AS books\nFROM book GROUP BY author", &["author", "books"]);
    top.to_mut().triggers = vec![TriggerDef {
        name: "top_gone".into(),
        sql: SqlText::any("CREATE TRIGGER top_gone INSTEAD OF DELETE ON top BEGIN DELETE FROM book WHERE author = old.author; END"),
    }]
    .into();
    let found =
        view("found", "CREATE VIEW found AS SELECT rowid AS id, title FROM book_text", &["id", "title"]);
    let over = view("over", "SELECT author FROM top;", &["author"]);
    let models = materialise(&schema(vec![book()], vec![top, over, found])).unwrap();
    assert_eq!(models.views[2].model, "Model of top");
    let live = schema_of(
        "CREATE TABLE book(id INTEGER PRIMARY KEY, title TEXT, author TEXT);
         CREATE VIRTUAL TABLE book_text USING fts5(\"title\", tokenize = 'porter unicode61', content_rowid=id, content=book);
         CREATE TRIGGER book_text_insert AFTER INSERT ON book BEGIN INSERT INTO book_text (rowid, title) VALUES (new.id, new.title); END;
         CREATE TRIGGER book_text_delete AFTER DELETE ON book BEGIN INSERT INTO book_text (book_text, rowid, title) VALUES ('delete', old.id, old.title); END;
         CREATE TRIGGER book_text_update AFTER UPDATE ON book BEGIN
            INSERT INTO book_text (book_text, rowid, title) VALUES ('delete', old.id, old.title);
            INSERT INTO book_text (rowid, title) VALUES (new.id, new.title); END;
         CREATE VIEW over as select author from TOP;
         CREATE VIEW top AS SELECT author, COUNT(*) AS books FROM book GROUP BY author;
         CREATE VIEW found AS SELECT rowid AS id, title FROM book_text;
         CREATE TRIGGER top_gone INSTEAD OF DELETE ON top BEGIN DELETE FROM book WHERE author = old.author; END;",
    );
    let comparison = compare(&live, &models, &models, &Answers::default()).unwrap();
    assert!(comparison.is_empty(), "{:#?}", comparison.changes);
}

#[test]
fn a_view_that_sqlite_cannot_read_is_told_at_its_model() {
    for (sql, why) in [
        ("SELECT pages FROM book", "no such column: pages"),
        ("SELECT id FROM novel", "no such table: main.novel"),
        ("SELECT id FORM book", "syntax error"),
    ] {
        let over = view("a_over", "SELECT * FROM wrong", &[]);
        let error = materialise(&schema(vec![book()], vec![over, view("wrong", sql, &[])])).unwrap_err();
        assert_eq!(error.location(), Some("src/models.rs:7"));
        assert!(error.what().contains("`Model of wrong` (view `wrong`)"), "{error}");
        assert!(error.reason().unwrap().contains(why), "{error}");
    }
    let other = view("wrong", "CREATE VIEW another AS SELECT 1", &[]);
    let error = materialise(&schema(Vec::new(), vec![other])).unwrap_err();
    assert!(error.what().contains("creates something else"), "{error}");
}

#[test]
fn a_trigger_of_a_view_that_cannot_work_is_told_at_its_model() {
    for (body, why) in [
        ("DELETE FROM book WHERE pages = old.id", "no such column: pages"),
        ("UPDATE book SET pages = old.id", "no such column: pages"),
    ] {
        let mut wrong = view("wrong", "SELECT id FROM book", &[]);
        wrong.to_mut().triggers = vec![TriggerDef {
            name: "g".into(),
            sql: SqlText::owned(format!("CREATE TRIGGER g INSTEAD OF DELETE ON wrong BEGIN {body}; END")),
        }]
        .into();
        let error = materialise(&schema(vec![book()], vec![wrong])).unwrap_err();
        assert!(error.reason().unwrap().contains(why), "{error}");
        assert_eq!(error.location(), Some("src/models.rs:7"));
    }
}

#[test]
fn the_columns_of_a_view_are_those_of_its_model() {
    let told = |sql: &str, columns: &[&str]| {
        let error = materialise(&schema(vec![book()], vec![view("v", sql, columns)])).unwrap_err();
        assert_eq!(error.location(), Some("src/models.rs:7"));
        error.to_string()
    };
    let text = told("SELECT id FROM book", &["id", "title"]);
    assert!(text.contains("`Model of v` (view `v`) does not give `title`"), "{text}");
    let text = told("SELECT * FROM book", &["id", "title"]);
    assert!(text.contains("gives `author`, which its struct does not have"), "{text}");
    materialise(&schema(
        vec![book()],
        vec![view("v", "SELECT id, title AS Name FROM book", &["id", "name"])],
    ))
    .unwrap();
}

#[test]
fn functions_of_the_application_are_no_obstacle_to_a_declared_view() {
    let views =
        vec![view("v", "SELECT shout(title) AS loud FROM book ORDER BY title COLLATE german", &["loud"])];
    materialise(&schema(vec![book()], views)).unwrap();
}

#[test]
fn views_over_many_tables_are_built_beside_the_tables_that_they_name() {
    let tables = (0..250).map(|n| table(&format!("t{n}"), vec![column("a", "TEXT")])).collect();
    let views = (0..120)
        .map(|n| match n % 3 {
            2 => view(&format!("v{n}"), &format!("SELECT a FROM v{}", n - 1), &["a"]),
            _ => view(&format!("v{n}"), &format!("SELECT l.a FROM t{} AS l, t{} AS r", n, 249 - n), &["a"]),
        })
        .collect();
    let models = materialise(&schema(tables, views)).unwrap();
    assert_eq!((models.tables.len(), models.views.len()), (250, 120));
}

#[test]
fn a_virtual_table_is_declared_as_sql() {
    let declared = |sql: &str| SchemaDef {
        virtual_tables: vec![VirtualTableDef {
            name: "places".into(),
            sql: Cow::Owned(sql.to_owned()),
            shadows: Cow::Borrowed(&[]),
        }]
        .into(),
        ..SchemaDef::EMPTY
    };
    let models = materialise(&declared("CREATE VIRTUAL TABLE places USING rtree(id, x0, x1)")).unwrap();
    assert_eq!(models.virtual_tables[0].shadows.len(), 3);
    let error = materialise(&declared("CREATE VIRTUAL TABLE places USING nobody_knows(id)")).unwrap_err();
    assert!(error.reason().unwrap().contains("no such module: nobody_knows"), "{error}");
}
