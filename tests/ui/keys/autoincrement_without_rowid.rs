use schema_core::Table;

#[derive(Table)]
#[table(without_rowid)]
struct Book {
    #[column(primary_key, autoincrement)]
    id: i64
}

fn main() {}
