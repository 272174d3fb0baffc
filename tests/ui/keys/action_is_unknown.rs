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
    #[column(references = Author, on_delete = cascde)]
    author_id: AuthorId
}

fn main() {}
