#[path = "../base.rs"]
mod base;
use base::*;

#[tokio::main]
async fn main() -> sqlx::Result<()> {
    let db = SqlitePool::connect("sqlite:library.db").await?;
    sqlx::query!("SELECT id FROM books WHERE pages = ?", None::<i64>).fetch_all(&db).await?;
    Ok(())
}
