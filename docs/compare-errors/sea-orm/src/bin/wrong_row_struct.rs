#[path = "../base.rs"]
mod base;
use base::*;

#[tokio::main]
async fn main() -> Result<(), DbErr> {
    let db = sea_orm::Database::connect("sqlite:library.db").await?;
    #[derive(FromQueryResult)]
    struct Title {
        id: i32,
        title: i32,
    }
    let rows = book::Entity::find().into_model::<Title>().all(&db).await?;
    Ok(())
}
