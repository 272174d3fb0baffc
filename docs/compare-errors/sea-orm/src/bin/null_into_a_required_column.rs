#[path = "../base.rs"]
mod base;
use base::*;

#[tokio::main]
async fn main() -> Result<(), DbErr> {
    let db = sea_orm::Database::connect("sqlite:library.db").await?;
    book::ActiveModel { id: Set(1), title: Set(None), ..Default::default() }.update(&db).await?;
    Ok(())
}
