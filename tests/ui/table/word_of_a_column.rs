use schema_core::Table;

#[derive(Table)]
#[table(soft_delete)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
}

fn main() {}
