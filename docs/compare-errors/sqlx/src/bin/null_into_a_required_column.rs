#[path = "../base.rs"]
mod base;
use base::*;

#[tokio::main]
async fn main() -> sqlx::Result<()> {
    let db = SqlitePool::connect("sqlite:library.db").await?;
    sqlx::query!("UPDATE books SET title = ? WHERE id = 1", None::<String>).execute(&db).await?;
    Ok(())
}
