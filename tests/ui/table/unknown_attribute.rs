use schema_core::Table;

#[derive(Table)]
#[table(stric)]
struct Book {
    #[column(primary_key)]
    id: i64,
    title: String
}

fn main() {}
