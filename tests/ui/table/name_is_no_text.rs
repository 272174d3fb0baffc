use schema_core::Table;

#[derive(Table)]
#[table(name = books)]
struct Book {
    #[column(primary_key)]
    id: i64,
    title: String
}

fn main() {}
