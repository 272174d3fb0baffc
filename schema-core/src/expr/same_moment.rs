//! Columns of `chrono` and `jiff` beside what is of `time`: `now()`, `today()`, and columns of other tables. They are
//! stored as the same text, so either stands where the other is wanted.

use time::{Date, OffsetDateTime};

use super::{Expr, IntoExpr, IntoSet, Kind, Node, operand::bound};
use crate::value::{Unix, UnixMilliseconds};

/// One stands where the other is wanted.
macro_rules! same {
    ($($one:ty = $other:ty;)*) => {$(
        same!(@expression $one as $other);
        same!(@expression $other as $one);
    )*};
    (values $($one:ty = $other:ty;)*) => {$(
        same!($one = $other;);
        same!(@value $one, $one as $other);
        same!(@value $other, $other as $one);
        same!(@value &$one, $one as $other);
        same!(@value &$other, $other as $one);
    )*};
    (@expression $from:ty as $to:ty) => {
        same!(@ Expr<$from, K>, $from as $to => $to);
        same!(@ Expr<Option<$from>, K>, $from as $to => Option<$to>);
        same!(@set Expr<$from, K> as $to);
        same!(@set Expr<$from, K> as Option<$to>);
        same!(@set Expr<Option<$from>, K> as Option<$to>);
    };
    (@ $operand:ty, $from:ty as $to:ty => $type:ty) => {
        #[diagnostic::do_not_recommend]
        impl<K: Kind> IntoExpr<$to> for $operand {
            type Type = $type;
            fn into_node(self) -> Node {
                self.node()
            }
        }
    };
    (@set $operand:ty as $to:ty) => {
        #[diagnostic::do_not_recommend]
        impl<K: Kind> IntoSet<$to> for $operand {
            fn into_node(self) -> Node {
                self.node()
            }
        }
    };
    (@value $value:ty, $from:ty as $to:ty) => {
        #[diagnostic::do_not_recommend]
        impl IntoExpr<$to> for $value {
            type Type = $to;
            fn into_node(self) -> Node {
                bound::<$from>(std::borrow::Borrow::<$from>::borrow(&self))
            }
        }
    };
}

#[cfg(feature = "chrono")]
same! { values
    OffsetDateTime = chrono::DateTime<chrono::Utc>;
    Date = chrono::NaiveDate;
}
#[cfg(feature = "chrono")]
same! {
    Unix = Unix<chrono::DateTime<chrono::Utc>>;
    UnixMilliseconds = UnixMilliseconds<chrono::DateTime<chrono::Utc>>;
}

#[cfg(feature = "jiff")]
same! { values
    OffsetDateTime = jiff::Timestamp;
    Date = jiff::civil::Date;
}
#[cfg(feature = "jiff")]
same! {
    Unix = Unix<jiff::Timestamp>;
    UnixMilliseconds = UnixMilliseconds<jiff::Timestamp>;
}
