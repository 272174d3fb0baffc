use schema_core::Table;

#[derive(Table)]
pub struct Author {
    #[column(primary_key)]
    pub id: i64,
}

#[derive(Table)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    pub author: Author,
}

fn main() {}
