use super::{create_statements, create_table, create_view, full_text_statements};
use crate::model::{
    CheckDef, ColumnDef, ConflictClause, DefaultDef, Deferrable, Domain, ForeignKeyAction, ForeignKeyDef,
    FullTextDef, GeneratedDef, GeneratedStorage, IndexDef, IndexPart, IndexTarget, KeyColumn, PrimaryKeyDef,
    SqlText, TableDef, TriggerDef, UniqueDef, VariantDef, ViewDef, text,
};

fn column(name: &'static str, sql_type: &'static str) -> ColumnDef {
    ColumnDef { name: text(name), sql_type: text(sql_type), ..ColumnDef::EMPTY }
}

fn key(columns: &[&'static str]) -> PrimaryKeyDef {
    PrimaryKeyDef {
        name: None,
        columns: columns.iter().map(|name| KeyColumn::new(name)).collect(),
        autoincrement: false,
        conflict: None,
        rowid_alias: false,
    }
}

/// Everything that a model can say, in one table.
fn book() -> TableDef {
    let variant = |value| VariantDef { value: text(value), renamed_from: None };
    TableDef {
        name: text("books"),
        columns: vec![
            ColumnDef { nullable: false, ..column("id", "INTEGER") },
            ColumnDef { collation: Some(text("nocase")), nullable: false, ..column("isbn", "TEXT") },
            ColumnDef {
                nullable: false,
                default: DefaultDef::Text(text("it's")),
                domain: Domain::Variants(vec![variant("it's"), variant("done")].into()),
                ..column("status", "TEXT")
            },
            ColumnDef {
                default: DefaultDef::Boolean(true),
                domain: Domain::Boolean,
                ..column("lent", "INTEGER")
            },
            ColumnDef { default: DefaultDef::Real(0.5), ..column("weight", "REAL") },
            ColumnDef { default: DefaultDef::Sql(SqlText::any("lower('A')")), ..column("shelf", "TEXT") },
            ColumnDef { default: DefaultDef::Now, nullable: false, ..column("added_at", "TEXT") },
            ColumnDef { default: DefaultDef::Now, ..column("added_unix", "INTEGER") },
            ColumnDef { default: DefaultDef::UuidV7, ..column("token", "TEXT") },
            ColumnDef {
                generated: Some(GeneratedDef {
                    expression: SqlText::any("weight * 2"),
                    storage: GeneratedStorage::Virtual,
                }),
                ..column("double", "REAL")
            },
            column("author_id", "INTEGER"),
        ]
        .into(),
        primary_key: Some(PrimaryKeyDef { autoincrement: true, rowid_alias: true, ..key(&["id"]) }),
        uniques: vec![UniqueDef {
            name: None,
            columns: vec![KeyColumn::new("isbn"), KeyColumn::new("shelf")].into(),
            conflict: Some(ConflictClause::Ignore),
        }]
        .into(),
        foreign_keys: vec![ForeignKeyDef {
            name: None,
            columns: vec![text("author_id")].into(),
            table: text("authors"),
            references: vec![text("id")].into(),
            on_delete: ForeignKeyAction::SetNull,
            on_update: ForeignKeyAction::NoAction,
            deferrable: Deferrable::InitiallyDeferred,
        }]
        .into(),
        checks: vec![
            CheckDef { name: None, expression: SqlText::any("weight > 0"), column: Some(text("weight")) },
            CheckDef {
                name: None,
                expression: SqlText::any("length(status) > 1"),
                column: Some(text("status")),
            },
            CheckDef {
                name: None,
                expression: SqlText::PerEngine { sqlite: None, postgres: Some(text("true")) },
                column: None,
            },
        ]
        .into(),
        indexes: vec![IndexDef {
            name: text("books_search"),
            parts: vec![
                IndexPart { collation: Some(text("RTRIM")), ..IndexPart::column("shelf") },
                IndexPart {
                    target: IndexTarget::Expression(SqlText::any("lower(isbn)")),
                    collation: None,
                    descending: true,
                },
            ]
            .into(),
            unique: true,
            filter: Some(SqlText::any("lent = 0")),
            sql: None,
        }]
        .into(),
        triggers: vec![TriggerDef {
            name: text("t"),
            sql: SqlText::any("CREATE TRIGGER t AFTER INSERT ON books BEGIN SELECT 1; END;"),
        }]
        .into(),
        append_only: true,
        ..TableDef::EMPTY
    }
}

#[test]
fn a_table_is_written_to_be_read() {
    let expected = r#"CREATE TABLE "books" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "isbn" TEXT NOT NULL COLLATE NOCASE,
  "status" TEXT NOT NULL DEFAULT 'it''s',
  "lent" INTEGER DEFAULT 1,
  "weight" REAL DEFAULT 0.5,
  "shelf" TEXT DEFAULT (lower('A')),
  "added_at" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'),
  "added_unix" INTEGER,
  "token" TEXT,
  "double" REAL GENERATED ALWAYS AS (weight * 2) VIRTUAL,
  "author_id" INTEGER,
  CONSTRAINT "books_isbn_shelf_key" UNIQUE ("isbn", "shelf") ON CONFLICT IGNORE,
  CONSTRAINT "books_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "authors" ("id") ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "books_status_check" CHECK ("status" IN ('it''s', 'done')),
  CONSTRAINT "books_lent_check" CHECK ("lent" IN (0, 1)),
  CONSTRAINT "books_weight_check" CHECK (weight > 0),
  CONSTRAINT "books_status_check_2" CHECK (length(status) > 1)
)"#;
    assert_eq!(create_table(&book()), expected);
}

#[test]
fn indexes_and_triggers_follow_the_table() {
    let statements = create_statements(&book());
    assert_eq!(
        statements[1],
        r#"CREATE UNIQUE INDEX "books_search" ON "books" ("shelf" COLLATE RTRIM, (lower(isbn)) DESC) WHERE lent = 0"#
    );
    assert_eq!(statements[2], "CREATE TRIGGER t AFTER INSERT ON books BEGIN SELECT 1; END");
    assert!(statements[3].starts_with(r#"CREATE TRIGGER "books_append_only_update" BEFORE UPDATE"#));
    assert_eq!(statements.len(), 5);
}

#[test]
fn sqlite_takes_what_is_written_and_enforces_it() {
    let database = rusqlite::Connection::open_in_memory().unwrap();
    database.execute_batch("CREATE TABLE authors(id INTEGER PRIMARY KEY)").unwrap();
    for statement in create_statements(&book()) {
        database.execute_batch(&statement).unwrap_or_else(|error| panic!("{error}: {statement}"));
    }
    database.execute_batch("INSERT INTO books(isbn, weight) VALUES ('1', 2)").unwrap();
    let (added, double): (String, f64) = database
        .query_row("SELECT added_at, double FROM books", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    assert_eq!((added.len(), double.to_bits()), ("2025-11-27 14:30:55.123456".len(), 4.0_f64.to_bits()));
    for (sql, why) in [
        ("INSERT INTO books(isbn, status) VALUES ('2', 'lost')", "books_status_check"),
        ("INSERT INTO books(isbn, lent) VALUES ('2', 2)", "books_lent_check"),
        ("UPDATE books SET isbn = '3'", "books is append-only"),
        ("DELETE FROM books", "books is append-only"),
    ] {
        let error = database.execute_batch(sql).unwrap_err().to_string();
        assert!(error.contains(why), "{sql}: {error}");
    }
}

#[test]
fn options_and_a_key_of_two_columns_stand_at_the_end() {
    let table = TableDef {
        name: text("odd \"name\""),
        columns: vec![
            ColumnDef { nullable: false, ..column("a b", "TEXT") },
            ColumnDef { nullable: false, default: DefaultDef::Integer(-1), ..column("n", "INTEGER") },
        ]
        .into(),
        primary_key: Some(key(&["a b", "n"])),
        strict: true,
        without_rowid: true,
        ..TableDef::EMPTY
    };
    let sql = create_table(&table);
    assert_eq!(
        sql,
        "CREATE TABLE \"odd \"\"name\"\"\" (\n  \"a b\" TEXT NOT NULL,\n  \"n\" INTEGER NOT NULL DEFAULT -1,\n  \
         PRIMARY KEY (\"a b\", \"n\")\n) STRICT, WITHOUT ROWID"
    );
    rusqlite::Connection::open_in_memory().unwrap().execute_batch(&sql).unwrap();
}

#[test]
fn a_full_text_index_follows_the_rows_of_its_table() {
    let table = TableDef {
        name: text("my books"),
        columns: vec![column("id", "INTEGER"), column("the title", "TEXT"), column("body", "TEXT")].into(),
        primary_key: Some(key(&["id"])),
        full_text: vec![FullTextDef {
            name: text("my books_fts"),
            columns: vec![text("the title"), text("body")].into(),
            tokenize: Some(text("porter unicode61")),
            prefix: Some(text("2 3")),
        }]
        .into(),
        ..TableDef::EMPTY
    };
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    for sql in create_statements(&table).into_iter().chain(full_text_statements(&table)) {
        connection.execute_batch(&sql).unwrap();
    }
    let found = |word: &str| -> Vec<i64> {
        let mut statement =
            connection.prepare("SELECT rowid FROM \"my books_fts\" WHERE \"my books_fts\" MATCH ?").unwrap();
        statement.query_map([word], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    };
    connection
        .execute_batch(
            "INSERT INTO \"my books\" VALUES (7, 'Dune', 'deserts'), (9, NULL, 'spice');
             UPDATE \"my books\" SET body = 'worms' WHERE id = 7;",
        )
        .unwrap();
    assert_eq!((found("worm"), found("desert"), found("sp*")), (vec![7], vec![], vec![9]));
    connection
        .execute_batch(
            "UPDATE \"my books\" SET id = 8 WHERE id = 7; DELETE FROM \"my books\" WHERE id = 9;
             INSERT INTO \"my books_fts\" (\"my books_fts\", rank) VALUES ('integrity-check', 1);",
        )
        .unwrap();
    assert_eq!((found("dune"), found("spice")), (vec![8], vec![]));
}

#[test]
fn a_view_is_written_from_its_select_or_taken_as_it_is() {
    let view = ViewDef {
        name: text("top \"ten\""),
        sql: SqlText::any(" SELECT 1 AS one; "),
        triggers: vec![TriggerDef { name: text("t"), sql: SqlText::any("CREATE TRIGGER t ..;") }].into(),
        ..ViewDef::EMPTY
    };
    assert_eq!(
        create_view(&view),
        ["CREATE VIEW \"top \"\"ten\"\"\" AS\nSELECT 1 AS one", "CREATE TRIGGER t .."]
    );
    let whole = ViewDef { sql: SqlText::any("create view v(a) as select 1"), ..view };
    assert_eq!(create_view(&whole)[0], "create view v(a) as select 1");
}
