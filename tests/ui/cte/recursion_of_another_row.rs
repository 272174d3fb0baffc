#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    Book::query().select(|b| TitleSelect { id: b.id, title: b.title }).recursive("all", |so_far| Book::query().join_cte(so_far, |b, t| t.id.eq(b.id)).select(|(b, t)| b.id));
    Ok(())
}
