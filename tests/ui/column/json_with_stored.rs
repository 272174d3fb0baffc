use schema_core::Table;

struct Meta;

#[derive(Table)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[column(json, stored = "text")]
    meta: Meta
}

fn main() {}
