use schema_core::View;

#[derive(View)]
#[view(sql = "DELETE FROM authors")]
pub struct TopAuthors {
    pub id: i64,
}

fn main() {}
