use schema_core::Table;

#[derive(Table)]
#[table(index(title, name = "books_idx"), index(pages, name = "books_idx"))]
struct Book {
    #[column(primary_key)]
    id: i64,
    title: String,
    pages: i64
}

fn main() {}
