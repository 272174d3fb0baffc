#[path = "../searched.rs"]
mod searched;
use searched::*;

fn main() {
    let db = Db::<Library>::in_memory().unwrap();
    let _ = Author::query().filter(|a| a.matches("dune")).all(&db);
}
