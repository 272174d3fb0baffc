use schema_core::Table;

type Pages = Option<i64>;

#[derive(Table)]
struct Book {
    #[column(primary_key)]
    id: i64,
    pages: Pages
}

fn main() {}
