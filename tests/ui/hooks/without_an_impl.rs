use schema_core::Table;

#[derive(Table)]
#[table(hooks)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
}

fn main() {}
