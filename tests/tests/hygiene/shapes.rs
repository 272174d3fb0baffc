//! Tables of unusual shape, on a database.

use schema_core::{Db, Table, dialect};
use time::OffsetDateTime;
use uuid::Uuid;

/// A category, in a tree.
#[derive(Table, Clone, Debug, PartialEq)]
pub(crate) struct Category {
    /// Its key.
    #[column(primary_key, autoincrement)]
    pub(crate) id: i64,
    /// The one above.
    #[column(references = Category, on_delete = restrict, deferrable = initially_deferred)]
    pub(crate) parent_id: Option<i64>,
    /// How it is found.
    #[column(unique, name = "short_name", collate = nocase)]
    pub(crate) slug: String,
}

/// A book.
#[derive(Table, Clone, Debug, PartialEq)]
#[table(name = "volumes", strict)]
#[table(index(category desc, shelved_at, expr = "lower(category)", where = "shelved_at > 0", name = "on_shelf"))]
#[table(trigger(
    name = "no_empty_category",
    sql = "CREATE TRIGGER no_empty_category BEFORE INSERT ON volumes WHEN new.category = '' BEGIN SELECT RAISE(ABORT, 'empty'); END"
))]
pub(crate) struct Book {
    /// Its key, as bytes.
    #[column(primary_key, default = uuid_v7, stored = "blob")]
    pub(crate) id: Uuid,
    /// Its category, by another column than the key.
    #[column(references = Category::slug, on_update = cascade)]
    pub(crate) category: String,
    /// When it came to the shelf, as seconds.
    #[column(stored = "unix", default = now)]
    pub(crate) shelved_at: OffsetDateTime,
    /// Twice its pages.
    #[column(generated = "pages * 2", stored)]
    pub(crate) double_pages: i64,
    /// Its pages.
    #[column(default = -1, check = "pages >= -1")]
    pub(crate) pages: i64,
    /// Its weight.
    #[column(default = 0.5)]
    pub(crate) weight: f64,
    /// Not in the database.
    #[column(skip)]
    pub(crate) note: Option<String>,
}

/// A place on a shelf: a key of two columns, in a table without rowid.
#[derive(Table, Clone, Debug, PartialEq)]
#[table(primary_key(shelf, place), without_rowid)]
pub(crate) struct Slot {
    /// The shelf.
    pub(crate) shelf: i64,
    /// The place on it.
    pub(crate) place: i64,
    /// What stands there.
    pub(crate) holds: Option<String>,
}

/// What stands beside a slot: a foreign key of two columns.
#[derive(Table, Clone, Debug, PartialEq)]
#[table(foreign_key(columns(shelf, place), references = Slot(shelf, place), on_delete = cascade))]
pub(crate) struct Label {
    /// The shelf.
    pub(crate) shelf: i64,
    /// The place on it.
    pub(crate) place: i64,
    /// What it says.
    #[column(default = "blank")]
    pub(crate) text: String,
}

schema_core::schema! {
    /// All of them.
    pub(crate) Shapes { Category, Book, Slot, Label }
}

fn database() -> Db<Shapes> {
    let db = Db::<Shapes>::in_memory().expect("a database in memory opens");
    let tables = <Shapes as schema_core::Schema>::DEF.tables.iter();
    let sql: Vec<String> = tables.flat_map(|table| dialect::sqlite::create_statements(table)).collect();
    db.sqlite_raw(|connection| connection.execute_batch(&sql.join(";\n"))).expect("the tables are made");
    db
}

pub(super) fn works() {
    let db = database();
    let categories = CategoryRepository::new(&db);
    let fiction = categories.insert(NewCategory { slug: "Fiction".into() }).expect("inserts");
    let crime = NewCategory { slug: "Crime".into() }.with(|c| c.parent_id.set(fiction.id));
    assert_eq!(categories.insert(crime).expect("inserts").parent_id, Some(fiction.id));
    assert_eq!(categories.get_by(|c| c.slug, "fiction").expect("nocase finds it"), fiction);

    let books = BookRepository::new(&db);
    let book = books.insert(NewBook { category: "Crime".into() }).expect("inserts");
    assert_eq!((book.pages, book.double_pages, book.note.clone()), (-1, -2, None));
    assert!((book.weight - 0.5).abs() < f64::EPSILON);
    let read = books.get(book.id).expect("reads");
    assert_eq!(read.shelved_at.unix_timestamp(), book.shelved_at.unix_timestamp());
    books.update(book.id, |b| b.pages.set(300)).expect("updates");
    assert_eq!(books.get(book.id).expect("reads").double_pages, 600);

    let slots = SlotRepository::new(&db);
    let slot = slots.insert(NewSlot { shelf: 1, place: 2 }).expect("inserts");
    assert_eq!(slots.get((1, 2)).expect("reads by both columns"), slot);
    LabelRepository::new(&db).insert(NewLabel { shelf: 1, place: 2 }).expect("inserts");
    assert_eq!(Label::query().one(&db).expect("reads").text, "blank");
    slots.delete((1, 2)).expect("deletes");
    assert_eq!(Label::query().count(&db).expect("counts"), 0);
}
