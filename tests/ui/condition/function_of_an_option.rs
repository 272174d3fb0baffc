#[path = "../shelf.rs"]
mod shelf;
use schema_core::function::Function;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    const SORT: Function<(String,), String> = Function::new("sort");
    Author::query().left_join::<Book>(|a, b| b.author_id.eq(a.id)).select(|(_, b)| SORT.call((b.title,))).all(&db)?;
    Ok(())
}
