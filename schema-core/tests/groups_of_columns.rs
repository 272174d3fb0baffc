//! Columns that several tables have in common.
#![allow(missing_docs)]

use schema_core::{
    ColumnGroup, Db, SqlEnum, Table,
    dialect::sqlite::{create_statements, create_table},
    expr::{Required, count, max},
    set,
};
use time::OffsetDateTime;

/// A module of its own, whose names the tables do not have.
pub mod shared {
    use schema_core::{ColumnGroup, SqlEnum};
    use time::OffsetDateTime as Instant;

    fn not_blank(text: &str) -> Result<(), &'static str> {
        if text.is_empty() { Err("must not be blank") } else { Ok(()) }
    }

    #[derive(SqlEnum, Clone, Copy, Debug, PartialEq)]
    pub enum Origin {
        Web,
        Import,
    }

    /// Who wrote a row, and when.
    #[derive(ColumnGroup, Clone, Debug, PartialEq)]
    pub struct Audit {
        #[column(created_at)]
        pub created_at: Instant,
        #[column(updated_at)]
        pub updated_at: Instant,
        #[column(check_fn = not_blank)]
        pub created_by: String,
        #[column(default = Origin::Web)]
        pub origin: Origin,
        #[column(json)]
        pub tags: Option<Vec<String>>,
        #[column(skip)]
        pub seen: bool,
    }
}
use shared::{Audit, NewAudit, Origin};

#[derive(ColumnGroup, Clone, Debug, PartialEq)]
pub struct Address {
    pub street: Option<String>,
    #[column(name = "town", renamed_from = "place", default = "Arrakeen")]
    pub city: String,
}

#[derive(SqlEnum, Clone, Copy, Debug, PartialEq)]
pub enum Status {
    Draft,
    Published,
}

#[derive(Table, Clone, Debug, PartialEq)]
#[table(strict)]
#[table(index(name = "books_by_creator", expr = "created_by"))]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    /// Who wrote it down.
    #[column(flatten)]
    pub audit: Audit,
    #[column(unique)]
    pub title: String,
    #[column(default = Status::Draft)]
    pub status: Status,
}

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Order {
    #[column(primary_key)]
    pub id: i64,
    #[column(flatten, default, prefix = "billing_")]
    pub billing: Address,
    #[column(flatten, default, prefix = "shipping_")]
    pub shipping: Address,
    #[column(flatten, prefix = "log_")]
    pub log: Audit,
    #[column(references = Book)]
    pub book_id: i64,
    #[column(version)]
    pub version: i64,
}

schema_core::schema! {
    pub Library { Book, Order }
}

fn library() -> Db<Library> {
    let db = Db::<Library>::in_memory().unwrap();
    let sql = [Book::DEF, Order::DEF].into_iter().flat_map(create_statements).collect::<Vec<_>>().join(";\n");
    db.sqlite_raw(|connection| connection.execute_batch(&sql)).unwrap();
    let books = BookRepository::new(&db);
    books
        .insert_many((1..=60).map(|at| new(&format!("book {at}"), if at % 2 == 0 { "leto" } else { "paul" })))
        .unwrap();
    db
}

fn by(created_by: &str) -> NewAudit {
    NewAudit { created_by: created_by.into() }
}

fn new(title: &str, created_by: &str) -> NewBook {
    NewBook { title: title.into(), audit: by(created_by) }
}

#[test]
fn the_columns_of_a_group_are_columns_of_its_tables() {
    let names = |table: &schema_core::model::TableDef| -> Vec<String> {
        table.columns.iter().map(|column| column.name.to_string()).collect()
    };
    let audit = ["created_at", "updated_at", "created_by", "origin", "tags"];
    assert_eq!(names(Book::DEF)[..3], ["id", "title", "status"]);
    assert_eq!(names(Book::DEF)[3..], audit);
    assert_eq!(
        names(Order::DEF)[..7],
        ["id", "book_id", "version", "billing_street", "billing_town", "shipping_street", "shipping_town"]
    );
    assert_eq!(names(Order::DEF)[7..], audit.map(|name| format!("log_{name}")));
    let town = Order::DEF.columns.iter().find(|column| column.name == "shipping_town").unwrap();
    assert_eq!(
        (town.field.as_ref(), town.renamed_from.as_deref()),
        ("shipping.city", Some("shipping_place"))
    );
    let sql = create_table(Order::DEF);
    assert!(sql.contains("billing_town") && sql.contains("DEFAULT 'Arrakeen'"), "{sql}");
    assert!(sql.contains("log_origin") && sql.contains("IN ('web', 'import')"), "{sql}");
    assert!(create_table(Book::DEF).ends_with("STRICT"));
}

#[test]
fn rows_with_groups_are_written_and_read_like_others() {
    let db = library();
    let books = BookRepository::new(&db);
    let dune = books
        .insert(new("Dune", "frank").with(|b| {
            (
                b.audit.origin.set(Origin::Import),
                b.audit.tags.set(Some(vec!["sf".into()])),
                b.status.set(Status::Published),
            )
        }))
        .unwrap();
    assert_eq!((dune.audit.created_by.as_str(), dune.audit.origin), ("frank", Origin::Import));
    assert_eq!((dune.audit.tags.as_deref(), dune.status), (Some(&["sf".to_owned()][..]), Status::Published));
    assert_eq!(books.get(dune.id).unwrap(), dune);
    assert_eq!(books.get(7).unwrap().audit.origin, Origin::Web);
    books.update(dune.id, |b| (b.title.set("Dune I"), b.audit.created_by.set("brian"))).unwrap();
    let changed = books.get(dune.id).unwrap();
    assert_eq!(changed.audit.created_by, "brian");
    assert!(
        changed.audit.updated_at > dune.audit.updated_at && changed.audit.created_at == dune.audit.created_at
    );
    let saved = books
        .save(&Book { audit: Audit { tags: None, ..changed.audit.clone() }, ..changed.clone() })
        .unwrap();
    assert_eq!((saved.audit.tags.clone(), books.get(dune.id).unwrap()), (None, saved));
    let patch = r#"{"title": "Dune II", "audit": {"created_by": "leto", "tags": ["a"]}}"#;
    books.patch(dune.id, serde_json::from_str::<BookUpdate>(patch).unwrap()).unwrap();
    let patched = books.get(dune.id).unwrap();
    assert_eq!((patched.title.as_str(), patched.audit.created_by.as_str()), ("Dune II", "leto"));
    assert_eq!((patched.audit.tags, patched.audit.origin), (Some(vec!["a".to_owned()]), Origin::Import));
    let update = BookUpdate {
        audit: shared::AuditUpdate { tags: set(None), ..shared::AuditUpdate::default() },
        ..BookUpdate::default()
    };
    books.patch(dune.id, update).unwrap();
    assert_eq!(books.get(dune.id).unwrap().audit.tags, None);
    for (json, says) in [
        (r#"{"audit": {"creator": 1}}"#, "there is no field `creator`"),
        (r#"{"audit": {"created_at": "2025-01-01 00:00:00"}}"#, "there is no field `created_at`"),
        (r#"{"audit": {"origin": 5}}"#, "field `origin`"),
        (r#"{"audit": null}"#, "field `audit`: found null"),
        (r#"{"created_by": "x"}"#, "unknown field `created_by`"),
    ] {
        let error = serde_json::from_str::<BookUpdate>(json).err().unwrap().to_string();
        assert!(error.contains(says), "{json}: {error}");
    }
    let error = books.insert(new("x", "")).unwrap_err();
    assert_eq!(
        (error.invalid()[0].column.as_str(), error.invalid()[0].field.as_str()),
        ("created_by", "audit.created_by")
    );
    assert!(new("x", "").validate().unwrap_err().is_invalid());
    assert!(books.update(1, |b| b.audit.created_by.set("")).unwrap_err().is_invalid());
    let upsert = books.upsert(new("book 3", "duncan")).on_conflict(|b| b.title).update_all();
    assert_eq!(upsert.returning().unwrap()[0].audit.created_by, "duncan");
    assert_eq!(books.count().unwrap(), 61);
}

#[test]
fn two_groups_of_one_struct_are_told_apart_by_their_prefix() {
    let db = library();
    let orders = OrderRepository::new(&db);
    let order = orders
        .insert(NewOrder { book_id: 7, log: by("paul") }.with(|o| {
            (
                o.billing.street.set("Main Street"),
                o.shipping.street.set("Side Street"),
                o.shipping.city.set("Tabr"),
            )
        }))
        .unwrap();
    assert_eq!(orders.get(order.id).unwrap(), order);
    assert_eq!((order.billing.city.as_str(), order.shipping.city.as_str()), ("Arrakeen", "Tabr"));
    orders.update(order.id, |o| o.billing.street.set(o.shipping.street)).unwrap();
    assert_eq!(orders.get(order.id).unwrap().billing.street.as_deref(), Some("Side Street"));
    let found =
        Order::query().filter(|o| o.shipping.city.eq("Tabr").and(o.billing.city.ne("Tabr"))).count(&db);
    assert_eq!(found.unwrap(), 1);
    let stored: String = db
        .sqlite_raw(|c| {
            c.query_row("SELECT billing_street || log_created_by FROM orders", [], |row| row.get(0))
        })
        .unwrap();
    assert_eq!(stored, "Side Streetpaul");
}

/// Works for every table that has the group.
fn written_by(audit: shared::AuditColumns<Required>, name: &str) -> schema_core::expr::Expr<bool> {
    audit.created_by.eq(name)
}

#[test]
fn queries_name_the_columns_of_a_group_through_its_field() {
    let db = library();
    let orders = OrderRepository::new(&db);
    orders.insert_many([2, 4, 5].map(|book_id| NewOrder { book_id, log: by("alia") })).unwrap();
    let count_by = |name| Book::query().filter(|b| written_by(b.audit, name)).count(&db).unwrap();
    assert_eq!((count_by("leto"), count_by("paul"), count_by("alia")), (30, 30, 0));
    assert_eq!(Order::query().filter(|o| written_by(o.log, "alia")).count(&db).unwrap(), 3);
    let rows: Vec<(String, Option<String>, Option<OffsetDateTime>)> = Book::query()
        .left_join::<Order>(|b, o| o.book_id.eq(b.id))
        .filter(|(b, _)| b.id.le(2))
        .order_by(|(b, _)| b.audit.created_by.asc())
        .select(|(b, o)| (b.audit.created_by, o.log.created_by, o.log.created_at))
        .all(&db)
        .unwrap();
    assert_eq!((rows[0].0.as_str(), rows[0].1.as_deref(), rows[0].2.is_some()), ("leto", Some("alia"), true));
    assert_eq!((rows[1].0.as_str(), rows[1].1.as_deref(), rows[1].2), ("paul", None, None));
    let groups = Book::query()
        .group_by(|b| b.audit.created_by)
        .order_by(|by, _| by.asc())
        .select(|by, b| (by, count(b), max(b.audit.created_by)))
        .all(&db)
        .unwrap();
    assert_eq!(groups, [("leto".into(), 30, "leto".into()), ("paul".into(), 30, "paul".into())]);
    let pairs = Book::query().left_join::<Order>(|b, o| o.book_id.eq(b.id)).limit(2).all(&db).unwrap();
    assert!(pairs[0].1.is_none() && pairs[1].1.is_some());
    let changed = Book::update()
        .filter(|b| b.audit.created_by.eq("leto"))
        .set(|b| b.audit.created_by.set(b.audit.created_by.upper()))
        .returning(|b| b.audit.created_by)
        .all(&db)
        .unwrap();
    assert_eq!((changed.len(), changed[0].as_str()), (30, "LETO"));
    let books = BookRepository::new(&db);
    let error = db
        .sqlite_raw(|c| c.execute_batch("CREATE UNIQUE INDEX one ON books (created_by) WHERE id > 58"))
        .and_then(|()| books.update(60, |b| b.audit.created_by.set("paul")))
        .unwrap_err();
    assert!(error.violates::<Book>(|b| b.audit.created_by), "{error}");
    assert!(BookColumns::by_name("audit.created_by").is_ok() && BookColumns::by_name("created_by").is_err());
    let page = Book::query().order_by(|b| b.audit.created_by.desc()).limit(10).page(&db).unwrap();
    let next =
        Book::query().order_by(|b| b.audit.created_by.desc()).after(page.next).limit(10).page(&db).unwrap();
    assert_eq!(next.rows.len(), 10);
}

#[test]
fn a_group_says_how_many_columns_a_new_row_names() {
    assert_eq!((Audit::REQUIRED, Address::REQUIRED), (1, 0));
}
