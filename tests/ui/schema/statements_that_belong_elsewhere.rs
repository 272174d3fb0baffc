schema_core::schema! {
    Other { sql: [
        "SELECT 1",
        "CREATE TABLE t (a)",
        "CREATE INDEX i ON t (a)",
        "CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; END",
        "CREATE TEMP VIEW v AS SELECT 1",
        "CREATE VIEW twice AS SELECT 1",
        "CREATE VIEW \"Twice\" AS SELECT 2",
    ] }
}

fn main() {}
