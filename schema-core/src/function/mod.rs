//! Functions, aggregates and collating sequences of the application, which SQL calls by name.
//!
//! A declaration says the name and the types once; the connection is given the code, and queries call it typed:
//!
//! ```
//! use schema_core::{Db, Table, expr::Collation, function::Function};
//!
//! const TITLE_SORT: Function<(String,), String> = Function::new("title_sort");
//! # #[derive(Table)]
//! # struct Book { #[column(primary_key)] id: i64, title: String }
//! # schema_core::schema! { pub(crate) Library { Book } }
//!
//! let db = Db::<Library>::options()
//!     .function(TITLE_SORT, |(title,)| title.strip_prefix("The ").map_or(title.clone(), |rest| format!("{rest}, The")))
//!     .collation("unicase", |left, right| left.to_lowercase().cmp(&right.to_lowercase()))
//!     .in_memory()?;
//! # db.sqlite_raw(|sqlite| sqlite.execute_batch("CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT NULL)"))?;
//! let books = Book::query().order_by(|b| TITLE_SORT.call((b.title,)).collate(Collation::Own("unicase")).asc()).all(&db)?;
//! # Ok::<(), schema_core::Error>(())
//! ```

mod arguments;
mod call;
mod declare;
mod register;

pub use arguments::FunctionArguments;
pub use call::{AggregateArguments, CallArgument, CallArguments};
pub use declare::{AggregateFunction, Function};
pub use register::Functions;
