#[path = "../base.rs"]
mod base;
use base::*;

#[tokio::main]
async fn main() -> sqlx::Result<()> {
    let db = SqlitePool::connect("sqlite:library.db").await?;
    sqlx::query!("DELETE FROM books WHERE id = 1").execute(&db).await?;
    Ok(())
}
