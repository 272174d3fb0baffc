#[path = "../base.rs"]
mod base;
use base::*;

#[tokio::main]
async fn main() -> toasty::Result<()> {
    let mut db =
        toasty::Db::builder().models(toasty::models!(Author, Book)).connect("sqlite:library.db").await?;
    let author = Author::get_by_id(&mut db, 1).await?;
    let reviews = author.reviews().exec(&mut db).await?;
    Ok(())
}
