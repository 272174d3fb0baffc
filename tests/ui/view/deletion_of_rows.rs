#[path = "../searched.rs"]
mod searched;
use searched::*;

fn main() {
    let db = Db::<Library>::in_memory().unwrap();
    let _ = TopAuthors::delete().all_rows().run(&db);
}
