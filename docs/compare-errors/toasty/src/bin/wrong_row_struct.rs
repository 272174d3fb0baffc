#[path = "../base.rs"]
mod base;
use base::*;

#[tokio::main]
async fn main() -> toasty::Result<()> {
    let mut db =
        toasty::Db::builder().models(toasty::models!(Author, Book)).connect("sqlite:library.db").await?;
    let titles: Vec<i64> = Book::all().select(Book::fields().title()).exec(&mut db).await?;
    Ok(())
}
