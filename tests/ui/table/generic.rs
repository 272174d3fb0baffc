use schema_core::Table;

#[derive(Table)]
struct Book<T> {
    #[column(primary_key)]
    id: T,
}

fn main() {}
