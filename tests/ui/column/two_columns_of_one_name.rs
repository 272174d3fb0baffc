use schema_core::Table;

#[derive(Table)]
struct Book {
    #[column(primary_key)]
    id: i64,
    title: String,
    #[column(name = "Title")]
    heading: String
}

fn main() {}
