use schema_core::Table;

#[derive(Table)]
#[table(name = "book", definition = "CREATE TABLE books (id INTEGER PRIMARY KEY)")]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
}

fn main() {}
