#[path = "../base.rs"]
mod base;
use base::*;

#[tokio::main]
async fn main() -> Result<(), DbErr> {
    let db = sea_orm::Database::connect("sqlite:library.db").await?;
    book::Entity::find().filter(author::Column::Name.eq("Frank")).all(&db).await?;
    Ok(())
}
