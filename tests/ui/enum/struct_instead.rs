use schema_core::SqlEnum;

#[derive(SqlEnum)]
struct Status(String);

fn main() {}
