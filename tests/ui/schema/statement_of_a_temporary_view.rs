schema_core::schema! {
    Other { sql: [
        "CREATE TEMP VIEW v AS SELECT 1",
    ] }
}

fn main() {}
