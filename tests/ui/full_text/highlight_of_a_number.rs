#[path = "../searched.rs"]
mod searched;
use searched::*;

fn main() {
    let db = Db::<Library>::in_memory().unwrap();
    let _ = Book::query().filter(|b| b.matches("dune")).select(|b| b.highlight(b.id, "<", ">")).all(&db);
}
