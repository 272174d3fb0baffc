//! SQL that a person has written, with bound values and typed rows.

mod expression;
mod parameters;
mod row;
mod scan;
mod statement;

pub use expression::{SqlArguments, sql_expr};
pub use parameters::Parameter;
pub use row::RawRow;
pub use statement::{RawSql, sql, sql_at_run_time};
