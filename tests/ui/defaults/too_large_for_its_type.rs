use schema_core::Table;

#[derive(Table)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[column(default = 300)]
    rating: u8
}

fn main() {}
