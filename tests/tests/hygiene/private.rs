//! Private models, of whose items most are never used.

use schema_core::{SqlEnum, SqlType, Table};

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

schema_core::schema! {
    Library { Book }
}

pub(super) fn works() -> bool {
    let book = Book { id: BookId(1), status: Status::Draft };
    book.id.0 == 1
        && book.status.as_str() == "draft"
        && <Library as schema_core::Schema>::DEF.tables.len() == 1
}
