use schema_core::Table;

#[derive(Table)]
#[table(allow(L004))]
#[table(allow(L005 = "", L004 = "why"))]
#[table(allow(L004 = "again"))]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
}

fn main() {}
