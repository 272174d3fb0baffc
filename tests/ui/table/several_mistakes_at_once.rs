use schema_core::Table;

#[derive(Table)]
#[table(strickt)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[column(uniqe)]
    isbn: String,
    #[column(defualt = 0)]
    pages: i64
}

fn main() {}
