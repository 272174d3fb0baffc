use super::scan::{Part, parts};
use crate::{
    expr::{Expr, Literal, Node},
    value::{SqlType, ValueError},
};

/// What stands in the place of the `?`s of [`sql_expr`]: `()`, or a tuple of up to eight values, columns and
/// expressions.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of arguments",
    label = "no tuple of values and columns",
    note = "`sql_expr::<i64>(\"max(?, ?)\", (b.pages, 5))`, and `()` where there is no `?`"
)]
pub trait SqlArguments {
    #[doc(hidden)]
    fn into_nodes(self) -> Vec<Node>;
}

impl SqlArguments for () {
    fn into_nodes(self) -> Vec<Node> {
        Vec::new()
    }
}

macro_rules! tuples {
    ($($name:ident $at:tt),*) => {
        #[diagnostic::do_not_recommend]
        impl<$($name: Literal),*> SqlArguments for ($($name,)*) {
            fn into_nodes(self) -> Vec<Node> {
                vec![$(self.$at.into_node()),*]
            }
        }
    };
}
tuples!(A 0);
tuples!(A 0, B 1);
tuples!(A 0, B 1, C 2);
tuples!(A 0, B 1, C 2, D 3);
tuples!(A 0, B 1, C 2, D 3, E 4);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);

/// An expression that a person has written, of the type that they say: for what the typed ones cannot say. Each `?`
/// stands for an argument: a value, which is bound, or a column or expression.
///
/// ```
/// # use schema_core::{Table, sql_expr};
/// # #[derive(Table)]
/// # struct Book { #[column(primary_key)] id: i64, title: String, pages: i64 }
/// let query = Book::query()
///     .filter(|b| sql_expr::<bool>("? REGEXP ?", (b.title, "^Dune")))
///     .select(|b| (b.title, sql_expr::<Option<f64>>("sqrt(?)", (b.pages,))));
/// ```
///
/// A text with more or fewer `?`s than there are arguments is an error when the query runs, before anything is read.
pub fn sql_expr<T: SqlType>(text: &'static str, arguments: impl SqlArguments) -> Expr<T> {
    let given = arguments.into_nodes();
    let count = given.len();
    let mut arguments = given.into_iter();
    let mut nodes = vec![crate::expr::sql("(")];
    let mut wanted = 0;
    for part in parts(text) {
        match part {
            Part::Text(text) => nodes.push(crate::expr::sql(text)),
            Part::Parameter("?") => {
                wanted += 1;
                nodes.extend(arguments.next());
            }
            Part::Parameter(name) => {
                return invalid(format!("the parameter `{name}` of `{text}` has to be a plain `?`"));
            }
        }
    }
    if wanted != count {
        return invalid(format!("`{text}` has {wanted} `?` and is given {count}"));
    }
    // What is behind a comment would be part of it.
    nodes.push(crate::expr::sql("\n)"));
    Expr::new(Node::Sequence(nodes))
}

fn invalid<T: SqlType>(why: String) -> Expr<T> {
    Expr::new(Node::Invalid(ValueError::new(why)))
}
