use schema_core::Table;

#[derive(Table)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    #[column(optional)]
    pub flags: Option<i64>,
}

schema_core::schema! {
    pub Library { Book }
}

fn main() {}
