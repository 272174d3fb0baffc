#[path = "../base.rs"]
mod base;
use base::*;

fn main() -> QueryResult<()> {
    let db = &mut SqliteConnection::establish("library.db").expect("a database");
    let rows: Vec<(Option<i32>, String, i64)> = books::table
        .group_by(books::author_id)
        .select((books::author_id, books::title, count_star()))
        .load(db)?;
    Ok(())
}
