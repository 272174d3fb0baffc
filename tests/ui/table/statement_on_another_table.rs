use schema_core::Table;

#[derive(Table)]
#[table(index(sql = "CREATE INDEX authors_name ON authors (name)"))]
#[table(trigger(sql = "CREATE TRIGGER gone AFTER DELETE ON authors BEGIN SELECT 1; END"))]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
}

fn main() {}
