#[path = "../base.rs"]
mod base;
use base::*;

fn main() -> QueryResult<()> {
    let db = &mut SqliteConnection::establish("library.db").expect("a database");
    let rows: Vec<(String, String)> = books::table
        .inner_join(books::table.on(books::title.eq(books::title)))
        .select((books::title, books::title))
        .load(db)?;
    Ok(())
}
