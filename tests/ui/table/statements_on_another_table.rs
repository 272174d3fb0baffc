use schema_core::Table;

#[derive(Table)]
#[table(index(sql = "CREATE INDEX authors_name ON authors (name)"))]
#[table(trigger(sql = "CREATE TRIGGER gone AFTER DELETE ON authors BEGIN SELECT 1; END"))]
#[table(index(id, sql = "CREATE INDEX books_id ON books (id)"))]
#[table(index(name = "other", sql = "CREATE INDEX books_title ON books (title)"))]
#[table(index(sql = "CREATE TEMP INDEX t ON books (title)"))]
#[table(index(sql = "books (title)"))]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
}

fn main() {}
