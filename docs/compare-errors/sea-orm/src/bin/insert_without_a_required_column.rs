#[path = "../base.rs"]
mod base;
use base::*;

#[tokio::main]
async fn main() -> Result<(), DbErr> {
    let db = sea_orm::Database::connect("sqlite:library.db").await?;
    book::ActiveModel { isbn: Set("978".into()), ..Default::default() }.insert(&db).await?;
    Ok(())
}
