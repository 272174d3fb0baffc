use schema_core::{Hooks, Result, Table, Tx};

#[derive(Table)]
#[table(hooks)]
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

    fn after_insert(_: &Tx<'_, Library>, _: &NewBook) -> Result<()> {
        Ok(())
    }
}

fn main() {}
