use schema_core::Table;

#[derive(Clone, Debug)]
struct Meta;

#[derive(Table)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[column(json)]
    meta: Meta
}

fn main() {}
