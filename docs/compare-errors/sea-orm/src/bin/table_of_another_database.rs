#[path = "../base.rs"]
mod base;
use base::*;

#[tokio::main]
async fn main() -> Result<(), DbErr> {
    let db = sea_orm::Database::connect("sqlite:library.db").await?;
    // `db` is open on a file that has no `reviews`.
    let rows = review::Entity::find().all(&db).await?;
    Ok(())
}
