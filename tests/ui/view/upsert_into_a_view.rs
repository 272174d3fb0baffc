#[path = "../searched.rs"]
mod searched;
use searched::*;

fn main() {
    let db = Db::<Library>::in_memory().unwrap();
    let _ = TopAuthorsRepository::new(&db).upsert(1).on_conflict(|t| t.books).do_nothing().run();
}
