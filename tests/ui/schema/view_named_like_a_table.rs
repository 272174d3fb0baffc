#[path = "../searched.rs"]
mod searched;
use searched::*;

#[derive(View)]
#[view(name = "Books", sql = "SELECT 1 AS id")]
pub struct BookView {
    pub id: i64,
}

schema_core::schema! {
    Other { Author, Book; views: [TopAuthors, BookView]; sql: ["CREATE VIEW top_authors AS SELECT 1"] }
}

fn main() {}
