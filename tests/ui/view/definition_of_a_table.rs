use schema_core::View;

#[derive(View)]
#[view(definition = "CREATE TABLE top_authors (id)")]
pub struct TopAuthors {
    pub id: i64,
}

fn main() {}
