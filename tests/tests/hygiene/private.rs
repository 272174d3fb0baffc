//! Private models, of whose items most are never used.

use schema_core::{SqlEnum, SqlType, Table, View};

#[derive(SqlType, Clone, Copy, Debug)]
struct BookId(i64);

#[derive(SqlEnum, Clone, Copy, Debug)]
enum Status {
    Draft,
}

#[derive(Table, Clone, Debug)]
#[table(strict, append_only)]
#[table(check(id_is_positive(sqlite = "id > 0", postgres = "id > 0")))]
struct Book {
    #[column(primary_key, default = rowid)]
    id: BookId,
    #[column(default = Status::Draft)]
    status: Status,
}

#[derive(View, Clone, Debug)]
#[view(sql(sqlite = "WITH one(n) AS (VALUES (1)) SELECT n FROM one", postgres = "SELECT 1 AS n"))]
struct One {
    n: Option<i64>,
}

schema_core::schema! {
    Library { Book; views: [One] }
}

pub(super) fn works() -> bool {
    let one = One { n: None };
    let book = Book { id: BookId(1), status: Status::Draft };
    book.id.0 == 1
        && one.n.is_none()
        && book.status.as_str() == "draft"
        && <Library as schema_core::Schema>::DEF.tables.len() == 1
}
