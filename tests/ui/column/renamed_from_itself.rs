use schema_core::Table;

#[derive(Table)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[column(renamed_from = "title")]
    title: String
}

fn main() {}
