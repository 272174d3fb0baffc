#[path = "../base.rs"]
mod base;
use base::*;

fn main() -> QueryResult<()> {
    let db = &mut SqliteConnection::establish("library.db").expect("a database");
    #[derive(Queryable)]
    struct Title {
        id: i32,
        title: i32,
    }
    let rows: Vec<Title> = books::table.select((books::id, books::title)).load(db)?;
    Ok(())
}
