#[path = "../base.rs"]
mod base;
use base::*;

#[tokio::main]
async fn main() -> sqlx::Result<()> {
    let db = SqlitePool::connect("sqlite:library.db").await?;
    sqlx::query!("SELECT author_id, title, count(*) AS books FROM books GROUP BY author_id").fetch_all(&db).await?;
    Ok(())
}
