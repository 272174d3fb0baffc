use schema_core::SqlEnum;

#[derive(SqlEnum, Clone, Debug)]
enum Status {
    #[sql_enum(rename = "d")]
    Draft,
}

fn main() {}
