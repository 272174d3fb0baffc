use schema_core::View;

#[derive(View)]
#[view(nam = "top", sql = "SELECT 1 AS id", strict)]
pub struct TopAuthors {
    #[column(primary_key)]
    pub id: i64,
    #[column(renamed_from = "b")]
    pub books: i64,
    #[column(jsn)]
    pub tags: Vec<String>,
    pub letter: char,
    #[column(name = "ID")]
    pub other: i64,
}

fn main() {}
