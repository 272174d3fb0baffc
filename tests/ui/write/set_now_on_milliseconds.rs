use schema_core::{Db, Table, expr::now};
use time::OffsetDateTime;

#[derive(Table)]
pub struct Visit {
    #[column(primary_key)]
    pub id: i64,
    #[column(stored = "unix_ms")]
    pub seen: OffsetDateTime,
}

schema_core::schema! {
    pub Library { Visit }
}

fn main() -> schema_core::Result<()> {
    let db = Db::<Library>::in_memory()?;
    VisitRepository::new(&db).update(1, |v| v.seen.set(now()))?;
    Ok(())
}
