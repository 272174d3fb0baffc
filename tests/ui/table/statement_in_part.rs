use schema_core::Table;

#[derive(Table)]
#[table(index(sql = "books (title)"))]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
}

fn main() {}
