use schema_core::Table;

#[derive(Table)]
#[table(fts(title, rank, tokenizer = "porter", prefix = "two", name = "Books"))]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
    pub rank: String,
}

fn main() {}
