use super::{Expr, IntoExpr, Node, sequence, sql};
use crate::value::SqlType;

/// A length of time to add to a moment: `now().minus(days(7))`. Its number is a bound value, a column
/// or an expression; where it is nullable, so is the sum.
#[derive(Clone, Debug)]
pub struct Interval<T: SqlType> {
    number: Expr<T>,
    unit: Unit,
}

#[derive(Clone, Copy, Debug)]
enum Unit {
    Seconds,
    Minutes,
    Hours,
    Days,
    Months,
    Years,
}

macro_rules! intervals {
    ($($(#[$doc:meta])* $name:ident $unit:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name<N: IntoExpr<i64>>(number: N) -> Interval<N::Type> {
            Interval { number: Expr::new(number.into_node()), unit: Unit::$unit }
        }
    )*};
}
intervals! {
    /// So many seconds.
    seconds Seconds;
    /// So many minutes.
    minutes Minutes;
    /// So many hours.
    hours Hours;
    /// So many days of 24 hours.
    days Days;
    /// So many months. A day that the month lacks runs over into the next: January 31 and a month is
    /// March 2 or 3. <https://sqlite.org/lang_datefunc.html#modifiers>
    months Months;
    /// So many years. February 29 and a year is March 1.
    years Years;
}

impl<T: SqlType> Interval<T> {
    /// The modifier that SQLite's date functions take; text after a number begins with a sign or none.
    pub(super) fn modifier(self, is_added: bool) -> Node {
        let number = self.number.node();
        let signed = if is_added { number } else { sequence([sql("-("), number, sql(")")]) };
        let unit = match self.unit {
            Unit::Seconds => " || ' seconds')",
            Unit::Minutes => " || ' minutes')",
            Unit::Hours => " || ' hours')",
            Unit::Days => " || ' days')",
            Unit::Months => " || ' months')",
            Unit::Years => " || ' years')",
        };
        sequence([sql("("), signed, sql(unit)])
    }
}
