#[path = "../base.rs"]
mod base;
use base::*;

#[tokio::main]
async fn main() -> toasty::Result<()> {
    let mut db =
        toasty::Db::builder().models(toasty::models!(Author, Book)).connect("sqlite:library.db").await?;
    let book = Book::get_by_id(&mut db, 1).await?;
    let author = book.author().exec(&mut db).await?;
    println!("{} by {}", book.title, author.name);
    Ok(())
}
