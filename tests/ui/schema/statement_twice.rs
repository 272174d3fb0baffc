schema_core::schema! {
    Other { sql: [
        "CREATE VIEW twice AS SELECT 1",
        "CREATE VIEW \"Twice\" AS SELECT 2",
    ] }
}

fn main() {}
