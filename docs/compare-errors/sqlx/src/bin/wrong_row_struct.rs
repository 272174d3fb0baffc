#[path = "../base.rs"]
mod base;
use base::*;

#[tokio::main]
async fn main() -> sqlx::Result<()> {
    let db = SqlitePool::connect("sqlite:library.db").await?;
    struct Title {
        id: i64,
        title: i64,
    }
    let rows = sqlx::query_as!(Title, "SELECT id, title FROM books").fetch_all(&db).await?;
    Ok(())
}
