use schema_core::Table;

#[derive(Table)]
pub struct Book {
    #[column(primary_key, default = rowid, sql_type = "INT")]
    pub id: i64,
}

fn main() {}
