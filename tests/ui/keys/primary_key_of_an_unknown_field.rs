use schema_core::Table;

#[derive(Table)]
#[table(primary_key(isbn))]
struct Book {
    title: String
}

fn main() {}
