use schema_core::SqlEnum;

#[derive(SqlEnum, Clone, Debug)]
enum Status {
    Draft,
    #[sql_enum(renamed_from = "draft")]
    Sketch,
}

fn main() {}
