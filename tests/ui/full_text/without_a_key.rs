use schema_core::Table;

#[derive(Table)]
#[table(fts(title))]
pub struct Book {
    pub title: String,
}

fn main() {}
