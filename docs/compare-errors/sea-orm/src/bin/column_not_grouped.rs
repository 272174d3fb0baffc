#[path = "../base.rs"]
mod base;
use base::*;

#[tokio::main]
async fn main() -> Result<(), DbErr> {
    let db = sea_orm::Database::connect("sqlite:library.db").await?;
    let rows: Vec<(Option<i32>, String, i64)> = book::Entity::find()
        .select_only()
        .column(book::Column::AuthorId)
        .column(book::Column::Title)
        .column_as(book::Column::Id.count(), "books")
        .group_by(book::Column::AuthorId)
        .into_tuple()
        .all(&db)
        .await?;
    Ok(())
}
