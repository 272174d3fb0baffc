#[path = "../searched.rs"]
mod searched;
use searched::*;

fn main() {
    let db = Db::<Library>::in_memory().unwrap();
    let _ = TopAuthorsRepository::new(&db).update(1, |t| t.books.set(2));
}
