#[path = "../base.rs"]
mod base;
use base::*;

#[tokio::main]
async fn main() -> Result<(), DbErr> {
    let db = sea_orm::Database::connect("sqlite:library.db").await?;
    let rows: Vec<(String, i64)> = book::Entity::find()
        .select_only()
        .column(book::Column::Title)
        .column_as(book::Column::Id.count(), "books")
        .into_tuple()
        .all(&db)
        .await?;
    Ok(())
}
