#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    for (book, author) in Book::query().left_join::<Author>(|b, a| a.id.eq(b.author_id)).all(&db)? {
        println!("{} by {}", book.title, author.name);
    }
    Ok(())
}
