#[path = "../base.rs"]
mod base;
use base::*;

#[tokio::main]
async fn main() -> toasty::Result<()> {
    let mut db =
        toasty::Db::builder().models(toasty::models!(Author, Book)).connect("sqlite:library.db").await?;
    Book::filter(Book::fields().stock().eq(0)).update().exec(&mut db).await?;
    Ok(())
}
