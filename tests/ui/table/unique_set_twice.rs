use schema_core::Table;

#[derive(Table)]
#[table(unique(author, title))]
#[table(unique(title, author))]
struct Book {
    #[column(primary_key)]
    id: i64,
    author: String,
    title: String
}

fn main() {}
