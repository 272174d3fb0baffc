use schema_core::{Hooks, Result, Table, Tx};

#[derive(Table)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
}

schema_core::schema! {
    pub Library { Book }
}

impl Hooks for Book {
    type Schema = Library;

    fn after_insert(_: &Tx<'_, Library>, _: &Book) -> Result<()> {
        Ok(())
    }
}

fn main() {}
