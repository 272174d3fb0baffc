use schema_core::{Db, Table};

#[derive(Table)]
#[table(primary_key(book_id, tag_id))]
pub struct BookTag {
    pub book_id: i64,
    pub tag_id: i64,
}

schema_core::schema! {
    pub Library { BookTag }
}

fn main() -> schema_core::Result<()> {
    let db = Db::<Library>::in_memory()?;
    BookTagRepository::new(&db).get(5)?;
    Ok(())
}
