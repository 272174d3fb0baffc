use schema_core::Table;

#[derive(schema_core::SqlType, Clone, Copy, Debug)]
struct AuthorId(i64);

#[derive(Table)]
struct Author {
    #[column(primary_key, default = rowid)]
    id: AuthorId,
    #[column(unique)]
    slug: String,
    name: String,
}

#[derive(Table)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[column(references = Author)]
    author_id: i32
}

fn main() {}
