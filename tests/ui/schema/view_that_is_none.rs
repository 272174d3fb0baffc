use schema_core::Table;

#[derive(Table)]
struct Book {
    #[column(primary_key)]
    id: i64,
}

struct TopBooks;

schema_core::schema! {
    Library { Book; views: [TopBooks] }
}

fn main() {}
