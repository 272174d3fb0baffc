use schema_core::Table;

#[derive(Table)]
#[table(fts(tokenize = "porter"))]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
}

fn main() {}
