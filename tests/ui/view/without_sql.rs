use schema_core::View;

#[derive(View)]
pub struct TopAuthors {
    pub id: i64,
}

fn main() {}
