schema_core::schema! {
    Other { sql: [
        "SELECT 1",
    ] }
}

fn main() {}
