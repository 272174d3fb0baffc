#[path = "../library.rs"]
mod library;
use library::*;

fn main() {
    let _ = BookColumns::allow(|b| [b.title, b.page]);
}
