use schema_core::Table;

#[derive(Table)]
#[table(index(name = "other", sql = "CREATE INDEX books_title ON books (title)"))]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
}

fn main() {}
