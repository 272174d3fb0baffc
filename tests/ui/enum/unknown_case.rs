use schema_core::SqlEnum;

#[derive(SqlEnum, Clone, Debug)]
#[sql_enum(rename_all = "kebap-case")]
enum Status {
    Draft,
}

fn main() {}
