use schema_core::Table;

pub struct Audit {
    pub created_by: String,
}

#[derive(Table)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    #[column(flatten)]
    pub audit: Audit,
}

schema_core::schema! {
    pub Library { Book }
}

fn main() {}
