//! Dates and times, as SQLite's functions calculate with them.
//! <https://sqlite.org/lang_datefunc.html>

use time::{Date, OffsetDateTime, PrimitiveDateTime};

use super::{AsExpr, Expr, Kind, Node, call, infix, interval::Interval, sequence, sql};
use crate::{
    dialect::quote_text,
    value::{AsInstant, Plainly, SqlType, Unix, UnixMilliseconds, ValueError},
};

/// A type that stands for a moment: a date, an instant, or an instant stored as a number.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no date or instant",
    label = "not a moment",
    note = "dates are calculated with where a column is an `OffsetDateTime`, a `PrimitiveDateTime` or a `Date`, or one of chrono's or jiff's"
)]
pub trait Moment: SqlType {
    #[doc(hidden)]
    const FORM: Form;
    /// What a date of this moment is.
    #[doc(hidden)]
    type Day: SqlType;
    /// What this moment is as an instant.
    #[doc(hidden)]
    type Instant: AsInstant;
}

/// How a moment is stored.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// `YYYY-MM-DD HH:MM:SS.ffffff`.
    Instant,
    /// `YYYY-MM-DD`.
    Date,
    /// Seconds since 1970.
    Unix,
    /// Milliseconds since 1970.
    UnixMilliseconds,
}

/// Moments of one crate, with its date and its instant.
macro_rules! moments {
    ($day:ty, $instant:ty: $($type:ty => $form:ident;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Moment for $type {
            const FORM: Form = Form::$form;
            type Day = $day;
            type Instant = $instant;
        }
    )*};
}
moments! { Date, OffsetDateTime:
    OffsetDateTime => Instant;
    PrimitiveDateTime => Instant;
    Date => Date;
}
#[cfg(feature = "chrono")]
moments! { chrono::NaiveDate, chrono::DateTime<chrono::Utc>:
    chrono::DateTime<chrono::Utc> => Instant;
    chrono::NaiveDateTime => Instant;
    chrono::NaiveDate => Date;
}
#[cfg(feature = "jiff")]
moments! { jiff::civil::Date, jiff::Timestamp:
    jiff::Timestamp => Instant;
    jiff::civil::DateTime => Instant;
    jiff::civil::Date => Date;
}

#[diagnostic::do_not_recommend]
impl<T: AsInstant + Moment> Moment for Unix<T> {
    const FORM: Form = Form::Unix;
    type Day = T::Day;
    type Instant = T::Instant;
}
#[diagnostic::do_not_recommend]
impl<T: AsInstant + Moment> Moment for UnixMilliseconds<T> {
    const FORM: Form = Form::UnixMilliseconds;
    type Day = T::Day;
    type Instant = T::Instant;
}

#[diagnostic::do_not_recommend]
impl<T: Moment + Plainly> Moment for Option<T> {
    const FORM: Form = T::FORM;
    type Day = T::Day;
    type Instant = T::Instant;
}

/// An instant as it is stored. SQLite calculates with three digits of a second; six are stored.
const INSTANT: &str = "'%Y-%m-%d %H:%M:%f000'";

impl Form {
    /// A date function called with a moment: its name, what stands before the moment, and modifiers.
    fn call(
        self,
        function: &'static str,
        format: Option<Node>,
        moment: Node,
        modifier: Option<Node>,
    ) -> Node {
        let (moment, reading) = match self {
            Self::Instant | Self::Date => (moment, None),
            Self::Unix => (moment, Some(sql("'unixepoch'"))),
            Self::UnixMilliseconds => (infix(moment, " / ", sql("1000.0")), Some(sql("'unixepoch'"))),
        };
        call(function, format.into_iter().chain([moment]).chain(reading).chain(modifier))
    }

    /// The moment as it is stored, moved by a modifier.
    fn moved(self, moment: Node, modifier: Option<Node>) -> Node {
        match self {
            Self::Instant => self.call("strftime", Some(sql(INSTANT)), moment, modifier),
            Self::Date => self.call("date", None, moment, modifier),
            Self::Unix => self.call("unixepoch", None, moment, modifier),
            Self::UnixMilliseconds => {
                let below = infix(moment.clone(), " % ", sql("1000"));
                let seconds = infix(moment, " / ", sql("1000"));
                let moved = Self::Unix.moved(seconds, modifier);
                infix(infix(moved, " * ", sql("1000")), " + ", below)
            }
        }
    }

    fn days(self, moment: Node) -> Node {
        self.call("julianday", None, moment, None)
    }
}

/// The current instant, by the clock of the machine: `filter(|b| b.start_time.ge(now().minus(days(30))))`.
///
/// It is one and the same within a statement. <https://sqlite.org/deterministic.html#dtexception>
pub fn now() -> Expr<OffsetDateTime> {
    Expr::new(Form::Instant.moved(sql("'now'"), None))
}

/// The current date in UTC.
pub fn today() -> Expr<Date> {
    Expr::new(Form::Date.moved(sql("'now'"), None))
}

/// A type that has an hour: an instant, or a time of the day.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no hour",
    label = "no instant and no time",
    note = "hours, minutes and seconds are those of an `OffsetDateTime`, a `PrimitiveDateTime` or a `Time`"
)]
pub trait HasClock: SqlType {
    #[doc(hidden)]
    const CLOCK: Form;
}
#[diagnostic::do_not_recommend]
impl<T: Moment> HasClock for T {
    const CLOCK: Form = T::FORM;
}

/// Times of the day, which are text that SQLite's date functions read.
macro_rules! times {
    ($($type:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl HasClock for $type {
            const CLOCK: Form = Form::Instant;
        }
        #[diagnostic::do_not_recommend]
        impl HasClock for Option<$type> {
            const CLOCK: Form = Form::Instant;
        }
    )*};
}
times!(time::Time);
#[cfg(feature = "chrono")]
times!(chrono::NaiveTime);
#[cfg(feature = "jiff")]
times!(jiff::civil::Time);

impl<T: SqlType, K: Kind> Expr<T, K> {
    fn clock(self, format: &'static str) -> Expr<T::Like<i64>>
    where
        T: HasClock,
    {
        let part = T::CLOCK.call("strftime", Some(sql(format)), self.node(), None);
        Expr::new(sequence([sql("CAST("), part, sql(" AS INTEGER)")]))
    }

    /// The hour, 0 to 23: of an instant in UTC.
    pub fn hour(self) -> Expr<T::Like<i64>>
    where
        T: HasClock,
    {
        self.clock("'%H'")
    }

    /// The minute, 0 to 59.
    pub fn minute(self) -> Expr<T::Like<i64>>
    where
        T: HasClock,
    {
        self.clock("'%M'")
    }

    /// The whole second, 0 to 59.
    pub fn second(self) -> Expr<T::Like<i64>>
    where
        T: HasClock,
    {
        self.clock("'%S'")
    }
}

impl<T: SqlType, K: Kind> Expr<T, K> {
    /// This much later. Instants keep whole milliseconds; a date stays a date. Outside of the years
    /// 0 to 9999 there is none: NULL, which a type without `Option` refuses to read.
    pub fn plus<N: SqlType>(self, interval: Interval<N>) -> Expr<N::Like<T>>
    where
        T: Moment,
    {
        Expr::new(T::FORM.moved(self.node(), Some(interval.modifier(true))))
    }

    /// This much earlier, as [`plus`](Self::plus) is later.
    pub fn minus<N: SqlType>(self, interval: Interval<N>) -> Expr<N::Like<T>>
    where
        T: Moment,
    {
        Expr::new(T::FORM.moved(self.node(), Some(interval.modifier(false))))
    }

    /// `strftime`: the moment in UTC as text, by a format such as `%Y-%m`.
    ///
    /// The format is written into the statement, so that an index on the same expression serves it. One
    /// that SQLite does not know is refused when the statement is written.
    /// <https://sqlite.org/lang_datefunc.html>
    pub fn strftime(self, format: &'static str) -> Expr<T::Like<String>>
    where
        T: Moment,
    {
        let formatted = match unknown_in(format) {
            None => self.formatted(format),
            Some(what) => {
                Node::Invalid(ValueError::new(format!("`{format}` is no format of strftime: {what}")))
            }
        };
        Expr::new(formatted)
    }

    fn formatted(self, format: &str) -> Node
    where
        T: Moment,
    {
        T::FORM.call("strftime", Some(Node::Sql(quote_text(format).into())), self.node(), None)
    }

    fn part(self, format: &'static str) -> Expr<T::Like<i64>>
    where
        T: Moment,
    {
        Expr::new(sequence([sql("CAST("), self.formatted(format), sql(" AS INTEGER)")]))
    }

    /// The date in UTC.
    pub fn date(self) -> Expr<T::Like<T::Day>>
    where
        T: Moment,
    {
        Expr::new(T::FORM.call("date", None, self.node(), None))
    }

    /// The same moment as an instant, which is text: midnight of a date.
    pub fn instant(self) -> Expr<T::Like<T::Instant>>
    where
        T: Moment,
    {
        Expr::new(T::FORM.call("strftime", Some(sql(INSTANT)), self.node(), None))
    }

    /// The same moment as whole seconds since 1970: what a column stored as `Unix` is compared with.
    pub fn unix(self) -> Expr<T::Like<Unix<T::Instant>>>
    where
        T: Moment,
    {
        Expr::new(T::FORM.call("unixepoch", None, self.node(), None))
    }

    /// The same moment as whole milliseconds since 1970.
    pub fn unix_milliseconds(self) -> Expr<T::Like<UnixMilliseconds<T::Instant>>>
    where
        T: Moment,
    {
        let seconds = T::FORM.call("unixepoch", None, self.node(), Some(sql("'subsec'")));
        Expr::new(sequence([sql("CAST(round("), infix(seconds, " * ", sql("1000")), sql(") AS INTEGER)")]))
    }

    /// The year.
    pub fn year(self) -> Expr<T::Like<i64>>
    where
        T: Moment,
    {
        self.part("%Y")
    }

    /// The month, 1 to 12.
    pub fn month(self) -> Expr<T::Like<i64>>
    where
        T: Moment,
    {
        self.part("%m")
    }

    /// The day of the month, 1 to 31.
    pub fn day(self) -> Expr<T::Like<i64>>
    where
        T: Moment,
    {
        self.part("%d")
    }

    /// The day of the week, 0 for Sunday to 6 for Saturday.
    pub fn weekday(self) -> Expr<T::Like<i64>>
    where
        T: Moment,
    {
        self.part("%w")
    }

    /// The first day of the month of this moment.
    pub fn start_of_month(self) -> Expr<T::Like<T::Day>>
    where
        T: Moment,
    {
        Expr::new(T::FORM.call("date", None, self.node(), Some(sql("'start of month'"))))
    }

    /// The first day of the year of this moment.
    pub fn start_of_year(self) -> Expr<T::Like<T::Day>>
    where
        T: Moment,
    {
        Expr::new(T::FORM.call("date", None, self.node(), Some(sql("'start of year'"))))
    }

    /// Days from another moment to this one, with a fraction; negative where the other is later.
    pub fn days_since<R>(self, other: R) -> Expr<<T::Like<R::Type> as SqlType>::Like<f64>>
    where
        T: Moment,
        R: AsExpr<Type: Moment>,
    {
        let other = <R::Type as Moment>::FORM.days(other.into_node());
        Expr::new(infix(T::FORM.days(self.node()), " - ", other))
    }

    /// Whole seconds from another moment to this one; negative where the other is later.
    pub fn seconds_since<R>(self, other: R) -> Expr<<T::Like<R::Type> as SqlType>::Like<i64>>
    where
        T: Moment,
        R: AsExpr<Type: Moment>,
    {
        let of = |form: Form, moment| form.call("unixepoch", None, moment, None);
        let other = of(<R::Type as Moment>::FORM, other.into_node());
        Expr::new(infix(of(T::FORM, self.node()), " - ", other))
    }
}

/// What `strftime` would answer NULL to.
fn unknown_in(format: &str) -> Option<String> {
    let mut characters = format.chars();
    while let Some(character) = characters.next() {
        if character != '%' {
            continue;
        }
        match characters.next() {
            Some(letter) if "deFfGgHIjJklMmpPRsSTUuVWwY%".contains(letter) => {}
            Some(letter) => return Some(format!("%{letter} stands for nothing")),
            None => return Some("it ends in %; %% is a percent sign".to_owned()),
        }
    }
    None
}
