#[path = "../searched.rs"]
mod searched;
use searched::*;

fn main() {
    let db = Db::<Library>::in_memory().unwrap();
    let _ = Book::query().join::<Stranger>(|b, s| s.one.eq(b.id)).all(&db);
}
