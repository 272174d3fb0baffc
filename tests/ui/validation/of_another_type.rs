use schema_core::Table;

fn not_blank(text: &str) -> Result<(), &'static str> {
    if text.trim().is_empty() { Err("must not be blank") } else { Ok(()) }
}

#[derive(Table)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    #[column(check_fn = not_blank)]
    pub pages: i64,
}

fn main() {}
