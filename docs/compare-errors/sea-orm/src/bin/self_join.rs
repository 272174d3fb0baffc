#[path = "../base.rs"]
mod base;
use base::*;

#[tokio::main]
async fn main() -> Result<(), DbErr> {
    let db = sea_orm::Database::connect("sqlite:library.db").await?;
    let rows = book::Entity::find()
        .join(sea_orm::JoinType::InnerJoin, book::Entity::belongs_to(book::Entity).from(book::Column::Title).to(book::Column::Title).into())
        .all(&db)
        .await?;
    Ok(())
}
