use schema_core::View;

#[derive(View)]
#[view(sql = "CREATE VIEW top_authors AS SELECT 1 AS id")]
pub struct TopAuthors {
    pub id: i64,
}

fn main() {}
