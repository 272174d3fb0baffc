use schema_core::Table;

fn is_positive(pages: &i64) -> bool {
    *pages > 0
}

#[derive(Table)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    #[column(check_fn = is_positive)]
    pub pages: i64,
}

fn main() {}
