use schema_core::Table;

#[derive(Table)]
#[table(without_rowid)]
struct Book {
    title: String
}

fn main() {}
