#[path = "../base.rs"]
mod base;
use base::*;

fn main() -> QueryResult<()> {
    let db = &mut SqliteConnection::establish("library.db").expect("a database");
    let rows: Vec<(String, String)> =
        books::table.left_join(authors::table).select((books::title, authors::name)).load(db)?;
    Ok(())
}
