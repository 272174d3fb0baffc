#[path = "../base.rs"]
mod base;
use base::*;

#[tokio::main]
async fn main() -> Result<(), DbErr> {
    let db = sea_orm::Database::connect("sqlite:library.db").await?;
    for (book, author) in book::Entity::find().find_also_related(author::Entity).all(&db).await? {
        println!("{} by {}", book.title, author.name);
    }
    Ok(())
}
