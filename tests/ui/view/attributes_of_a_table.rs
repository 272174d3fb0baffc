use schema_core::View;

#[derive(View)]
#[view(sql = "SELECT 1 AS id, 2 AS books, 3 AS other")]
pub struct TopAuthors {
    #[column(primary_key)]
    pub id: i64,
    #[column(renamed_from = "b")]
    pub books: i64,
    #[column(name = "ID")]
    pub other: i64,
}

fn main() {}
