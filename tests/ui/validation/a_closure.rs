use schema_core::Table;

#[derive(Table)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    #[column(check_fn = |pages: &i64| *pages > 0)]
    pub pages: i64,
}

fn main() {}
