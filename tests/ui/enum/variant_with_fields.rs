use schema_core::SqlEnum;

#[derive(SqlEnum, Clone, Debug)]
enum Status {
    Draft,
    Published(i64),
}

fn main() {}
