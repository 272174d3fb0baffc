use schema_core::View;

#[derive(View)]
#[view(sql = "SELECT 1 AS id")]
#[view(trigger(sql = "CREATE TRIGGER t INSTEAD OF INSERT ON best_authors BEGIN SELECT 1; END"))]
pub struct TopAuthors {
    pub id: i64,
}

fn main() {}
