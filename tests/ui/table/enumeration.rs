use schema_core::Table;

#[derive(Table)]
enum Book {
    Novel,
}

fn main() {}
