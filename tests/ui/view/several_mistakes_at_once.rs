use schema_core::View;

#[derive(View)]
#[view(nam = "top", sql = "SELECT 1 AS id", strict)]
pub struct TopAuthors {
    pub id: i64,
    #[column(jsn)]
    pub tags: Vec<String>,
    pub letter: char,
}

fn main() {}
