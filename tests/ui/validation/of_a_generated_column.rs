use schema_core::Table;

fn positive(price: &f64) -> Result<(), &'static str> {
    if *price > 0.0 { Ok(()) } else { Err("must be positive") }
}

#[derive(Table)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    pub cents: i64,
    #[column(generated = "cents / 100.0", check_fn = positive)]
    pub price: f64,
}

fn main() {}
