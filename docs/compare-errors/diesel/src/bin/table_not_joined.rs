#[path = "../base.rs"]
mod base;
use base::*;

fn main() -> QueryResult<()> {
    let db = &mut SqliteConnection::establish("library.db").expect("a database");
    books::table.filter(authors::name.eq("Frank")).load::<Book>(db)?;
    Ok(())
}
