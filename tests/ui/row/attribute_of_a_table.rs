use schema_core::Row;

#[derive(Row)]
struct Title {
    #[column(primary_key)]
    id: i64,
    #[column(unique)]
    title: String,
}

fn main() {}
