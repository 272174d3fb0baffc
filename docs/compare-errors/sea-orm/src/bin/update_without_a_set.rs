#[path = "../base.rs"]
mod base;
use base::*;

#[tokio::main]
async fn main() -> Result<(), DbErr> {
    let db = sea_orm::Database::connect("sqlite:library.db").await?;
    book::Entity::update_many().filter(book::Column::Stock.eq(0)).exec(&db).await?;
    Ok(())
}
