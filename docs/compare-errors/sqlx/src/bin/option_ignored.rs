#[path = "../base.rs"]
mod base;
use base::*;

#[tokio::main]
async fn main() -> sqlx::Result<()> {
    let db = SqlitePool::connect("sqlite:library.db").await?;
    for row in sqlx::query!("SELECT b.title, a.name FROM books b LEFT JOIN authors a ON a.id = b.author_id").fetch_all(&db).await? {
        let name: String = row.name;
    }
    Ok(())
}
