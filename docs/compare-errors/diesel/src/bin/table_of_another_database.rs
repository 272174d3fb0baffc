#[path = "../base.rs"]
mod base;
use base::*;

fn main() -> QueryResult<()> {
    let db = &mut SqliteConnection::establish("library.db").expect("a database");
    // `db` is open on a file that has no `reviews`.
    let rows: Vec<Review> = reviews::table.load(db)?;
    Ok(())
}
