#[path = "../base.rs"]
mod base;
use base::*;

#[tokio::main]
async fn main() -> sqlx::Result<()> {
    let db = SqlitePool::connect("sqlite:library.db").await?;
    sqlx::query!("SELECT id, title FROM books WHERE titel = ?", "Dune").fetch_all(&db).await?;
    Ok(())
}
