schema_core::schema! {
    Other { sql: [
        "CREATE TABLE t (a)",
        "CREATE INDEX i ON t (a)",
    ] }
}

fn main() {}
