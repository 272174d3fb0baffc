use schema_core::View;

fn positive(books: &i64) -> Result<(), &'static str> {
    if *books > 0 { Ok(()) } else { Err("must be positive") }
}

#[derive(View)]
#[view(sql = "SELECT 1 AS books")]
pub struct Totals {
    #[column(check_fn = positive)]
    pub books: i64,
}

fn main() {}
