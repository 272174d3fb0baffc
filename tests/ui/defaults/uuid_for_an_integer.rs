use schema_core::Table;

#[derive(Table)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[column(default = uuid_v7)]
    serial: i64
}

fn main() {}
