#[path = "../base.rs"]
mod base;
use base::*;

fn main() -> QueryResult<()> {
    let db = &mut SqliteConnection::establish("library.db").expect("a database");
    let author: Author = authors::table.first(db)?;
    let rows: Vec<Review> = Review::belonging_to(&author).load(db)?;
    Ok(())
}
