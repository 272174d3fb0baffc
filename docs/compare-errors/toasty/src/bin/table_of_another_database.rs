#[path = "../base.rs"]
mod base;
use base::*;

#[tokio::main]
async fn main() -> toasty::Result<()> {
    let mut db =
        toasty::Db::builder().models(toasty::models!(Author, Book)).connect("sqlite:library.db").await?;
    // `db` was built with the models `Author` and `Book` alone.
    let rows = Review::all().exec(&mut db).await?;
    Ok(())
}
