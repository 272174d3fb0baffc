use schema_core::SqlType;

#[derive(SqlType, Clone, Debug)]
enum BookId {
    One,
}

fn main() {}
