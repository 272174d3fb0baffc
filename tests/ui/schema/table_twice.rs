use schema_core::Table;

#[derive(Table)]
struct Book {
    #[column(primary_key)]
    id: i64,
}

schema_core::schema! {
    Library { Book, Book }
}

fn main() {}
