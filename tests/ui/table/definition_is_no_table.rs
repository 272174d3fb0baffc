use schema_core::Table;

#[derive(Table)]
#[table(definition = "CREATE VIEW books AS SELECT 1")]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
}

fn main() {}
