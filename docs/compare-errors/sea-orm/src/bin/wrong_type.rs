#[path = "../base.rs"]
mod base;
use base::*;

mod shelf {
    use sea_orm::entity::prelude::*;
    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "shelves")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub pages: Option<i32>,
    }
    impl ActiveModelBehavior for ActiveModel {}
}

#[tokio::main]
async fn main() -> Result<(), DbErr> {
    let db = sea_orm::Database::connect("sqlite:library.db").await?;
    // With `Column::Pages` in place of `COLUMN.pages` it compiles.
    shelf::Entity::find().filter(shelf::COLUMN.pages.gt("many")).all(&db).await?;
    Ok(())
}
