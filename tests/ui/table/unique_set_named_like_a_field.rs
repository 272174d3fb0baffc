use schema_core::Table;

#[derive(Table)]
#[table(unique(author, title))]
struct Book {
    #[column(primary_key)]
    id: i64,
    author: String,
    title: String,
    author_title: String
}

fn main() {}
