#[path = "../base.rs"]
mod base;
use base::*;

#[tokio::main]
async fn main() -> sqlx::Result<()> {
    let db = SqlitePool::connect("sqlite:library.db").await?;
    sqlx::query!("INSERT INTO books (isbn) VALUES (?)", "978").execute(&db).await?;
    Ok(())
}
