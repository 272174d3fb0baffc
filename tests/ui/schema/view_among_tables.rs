#[path = "../searched.rs"]
mod searched;
use searched::*;

schema_core::schema! {
    Other { Author, TopAuthors }
}

fn main() {}
