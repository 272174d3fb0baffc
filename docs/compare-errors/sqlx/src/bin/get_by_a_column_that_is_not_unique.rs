#[path = "../base.rs"]
mod base;
use base::*;

#[tokio::main]
async fn main() -> sqlx::Result<()> {
    let db = SqlitePool::connect("sqlite:library.db").await?;
    let book = sqlx::query!("SELECT id FROM books WHERE title = ?", "Dune").fetch_one(&db).await?;
    Ok(())
}
