use schema_core::Table;

#[derive(Table)]
#[table(strict)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[column(sql_type = "DATETIME")]
    printed_at: String
}

fn main() {}
