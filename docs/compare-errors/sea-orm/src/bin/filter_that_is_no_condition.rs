#[path = "../base.rs"]
mod base;
use base::*;

#[tokio::main]
async fn main() -> Result<(), DbErr> {
    let db = sea_orm::Database::connect("sqlite:library.db").await?;
    book::Entity::find().filter(book::Column::Title).all(&db).await?;
    Ok(())
}
