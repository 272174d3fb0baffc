#[path = "../base.rs"]
mod base;
use base::*;

#[tokio::main]
async fn main() -> sqlx::Result<()> {
    let db = SqlitePool::connect("sqlite:library.db").await?;
    sqlx::query!("SELECT title FROM books JOIN books ON title = title").fetch_all(&db).await?;
    Ok(())
}
