#[path = "../base.rs"]
mod base;
use base::*;

fn main() -> QueryResult<()> {
    let db = &mut SqliteConnection::establish("library.db").expect("a database");
    let rows: Vec<(String, i64)> = books::table.select((books::title, count_star())).load(db)?;
    Ok(())
}
