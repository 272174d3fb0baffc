use schema_core::Table;

#[derive(Table)]
#[table(trigger(name = "books_audit"))]
struct Book {
    #[column(primary_key)]
    id: i64,
    title: String
}

fn main() {}
