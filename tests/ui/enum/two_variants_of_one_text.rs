use schema_core::SqlEnum;

#[derive(SqlEnum, Clone, Debug)]
enum Status {
    Draft,
    #[sql_enum(name = "draft")]
    Sketch,
}

fn main() {}
