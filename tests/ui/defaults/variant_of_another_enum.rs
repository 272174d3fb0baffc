use schema_core::Table;

#[derive(schema_core::SqlEnum, Clone, Copy, Debug)]
enum Status {
    Draft,
}

#[derive(schema_core::SqlEnum, Clone, Copy, Debug)]
enum Colour {
    Red,
}

#[derive(Table)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[column(default = Colour::Red)]
    status: Status
}

fn main() {}
