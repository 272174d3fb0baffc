#[path = "../base.rs"]
mod base;
use base::*;

#[tokio::main]
async fn main() -> Result<(), DbErr> {
    let db = sea_orm::Database::connect("sqlite:library.db").await?;
    let book = book::Entity::find_by_id("seven").one(&db).await?;
    Ok(())
}
