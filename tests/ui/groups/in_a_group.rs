use schema_core::{ColumnGroup};

#[derive(ColumnGroup)]
pub struct Audit {
    pub created_by: String,
}

#[derive(ColumnGroup)]
pub struct Both {
    #[column(flatten)]
    pub audit: Audit,
    pub note: String,
}


fn main() {}
