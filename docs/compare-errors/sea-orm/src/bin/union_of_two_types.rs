#[path = "../base.rs"]
mod base;
use base::*;
use sea_orm::QueryTrait;

#[tokio::main]
async fn main() -> Result<(), DbErr> {
    let db = sea_orm::Database::connect("sqlite:library.db").await?;
    use sea_orm::sea_query::UnionType;
    let mut titles = book::Entity::find().select_only().column(book::Column::Title).into_query();
    titles.union(UnionType::Distinct, author::Entity::find().select_only().column(author::Column::Id).into_query());
    Ok(())
}
