use schema_core::Table;

#[derive(Table)]
#[table(index(titel desc))]
struct Book {
    #[column(primary_key)]
    id: i64,
    title: String
}

fn main() {}
