schema_core::schema! {
    Other { sql: [
        "CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; END",
    ] }
}

fn main() {}
