//! What is asked of a value, where there is none yet: of an aggregate without its group, of a column with many values,
//! of a `case()` without its end.

use super::{Case, Expr, Kind, NotGrouped, Window};
use crate::never::{asks, misplaced};

asks! {
    IsOfOneRow "a function over many rows is no value of a single one",
        "no value of a row",
        "of a group it is a condition in `.group_by(|b| b.author_id).having(|author, b| count(b).gt(5))`, an order in its `.order_by(..)`",
        "of a window it is chosen, and its query filtered: `.select(|b| TopSelect {{ place: row_number().over(..), .. }}).as_table().filter(|t| t.place.eq(1))`";
    HasOneValue "a column that is not grouped has many values in a group",
        "no value of the group",
        "of each row, inside of an aggregate, it is said by `each`: `max(each(b, |b| b.born.year()))`, `sum(b.stock).filter(each(b, |b| b.price.gt(1.0)))`",
        "for one value of the group add it to the key of `group_by`, or take `max(b.title)`";
    HasAnEnd "a `case()` has no value yet",
        "a `case()` without an end",
        "end it by `.otherwise(value)`, or by `.or_null()`";
    IsAnOption "SQL has no `Option`, it has NULL",
        "a method of `Option`",
        "NULL is asked for by `.is_null()` and `.is_not_null()`, and replaced by `.unwrap_or(value)`; an expression stays NULL where a part of it is";
    IsInRust "a column is calculated with in the database",
        "a method of Rust's text",
        "`.lower()`, `.upper()`, `.length()`, `.trim()`, `.concat(..)`, and `.cast::<String>()` of a number";
    IsAList "a value is looked for in a list by `in_list`",
        "`IN`",
        "`.in_list([1, 2])`, `.not_in_list(ids)`, or of a query `.in_query(Author::query().select(|a| a.id))`";
    IsATable "a search is made in the table's full-text index",
        "a column",
        "`b.matches(\"dune\")` of a table with `#[table(fts(title, body))]`; in one column: `b.title.contains(\"dune\")`";
}

misplaced! {
    [T, K] Window<T, K> where [Self: IsOfOneRow]
    eq(right) ne(right) lt(right) le(right) gt(right) ge(right) between(low, high) in_list(list)
    is_null() is_not_null() asc() desc() unwrap_or(fallback) round(digits)
}
misplaced! {
    [T, L] NotGrouped<T, L> where [Self: HasOneValue]
    eq(right) ne(right) lt(right) le(right) gt(right) ge(right) between(low, high) in_list(list)
    is_null() is_not_null() asc() desc() unwrap_or(fallback) round(digits)
    like(pattern) contains(text) starts_with(text) ends_with(text) lower() upper() length() concat(text)
    date() year() month() day() hour() start_of_month() strftime(format) plus(interval) minus(interval)
}
misplaced! {
    [T] Case<T> where [Self: HasAnEnd]
    eq(right) ne(right) lt(right) le(right) gt(right) ge(right) is_null() is_not_null() asc() desc() unwrap_or(fallback)
    else_(value) end()
}
misplaced! { [T, K: Kind] Expr<T, K> where [Self: IsAnOption] is_none() is_some() map(work) and_then(work) unwrap() unwrap_or_default() }
misplaced! { [T, K: Kind] Expr<T, K> where [Self: IsInRust] to_lowercase() to_uppercase() len() is_empty() to_string() }
misplaced! { [T, K: Kind] Expr<T, K> where [Self: IsAList] eq_any(list) ne_all(list) is_in(list) is_not_in(list) }
misplaced! { [T, K: Kind] Expr<T, K> where [Self: IsATable] matches(text) }
