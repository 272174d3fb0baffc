#[path = "../base.rs"]
mod base;
use base::*;

#[tokio::main]
async fn main() -> sqlx::Result<()> {
    let db = SqlitePool::connect("sqlite:library.db").await?;
    sqlx::query!("SELECT r.id FROM authors a JOIN reviews r ON r.author_id = a.id").fetch_all(&db).await?;
    Ok(())
}
