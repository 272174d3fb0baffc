use schema_core::Table;

#[derive(Table)]
#[table(index(id, sql = "CREATE INDEX books_id ON books (id)"))]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
}

fn main() {}
