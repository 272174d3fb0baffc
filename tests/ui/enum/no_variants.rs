use schema_core::SqlEnum;

#[derive(SqlEnum, Clone, Debug)]
enum Status {}

fn main() {}
