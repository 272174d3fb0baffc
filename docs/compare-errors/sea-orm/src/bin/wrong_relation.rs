#[path = "../base.rs"]
mod base;
use base::*;

#[tokio::main]
async fn main() -> Result<(), DbErr> {
    let db = sea_orm::Database::connect("sqlite:library.db").await?;
    author::Entity::find().find_with_related(review::Entity).all(&db).await?;
    Ok(())
}
