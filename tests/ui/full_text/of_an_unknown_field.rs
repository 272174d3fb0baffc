use schema_core::Table;

#[derive(Table)]
#[table(fts(titel, body, body))]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
    pub body: String,
}

fn main() {}
