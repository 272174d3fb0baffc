use schema_core::Table;

#[derive(Table)]
struct Book {
    #[column(primary_key, autoincrement)]
    id: String
}

fn main() {}
