use super::{Expr, IntoExpr, Kind, Node, Truth, call, infix, sequence, sql};
use crate::{
    dialect::quote_identifier,
    value::{SqlType, Textual, Value},
};

/// What a text of type `T` is matched with: a value, a column or an expression that is a text, too.
#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be matched with `{Self}`",
    label = "not two texts",
    note = "both are texts; a number or a moment becomes one: `b.stock.cast::<String>().like(\"1%\")`, `b.born.strftime(\"%Y-%m\").like(\"2024-%\")`"
)]
pub trait Pattern<T> {
    /// Its type: `String`, or an `Option` of it.
    type Type: SqlType;
    #[doc(hidden)]
    fn into_node(self) -> Node;
}
#[diagnostic::do_not_recommend]
impl<T: Textual, R: IntoExpr<T::Base>> Pattern<T> for R {
    type Type = R::Type;
    fn into_node(self) -> Node {
        IntoExpr::into_node(self)
    }
}

impl<T: SqlType, K: Kind> Expr<T, K> {
    /// `LIKE`: `%` stands for any text, `_` for one character; ASCII letters match without case.
    pub fn like<R: Pattern<T>>(self, pattern: R) -> Truth<T, R::Type> {
        Expr::new(infix(self.node(), " LIKE ", pattern.into_node()))
    }

    /// Whether the text contains this one; ASCII letters match without case. `%` and `_` stand for themselves.
    pub fn contains(self, text: impl AsRef<str>) -> Expr<T::Like<bool>>
    where
        T: Textual,
    {
        self.like_escaped(format!("%{}%", escaped(text.as_ref())))
    }

    /// Whether the text begins with this one; ASCII letters match without case. `%` and `_` stand for themselves.
    pub fn starts_with(self, text: impl AsRef<str>) -> Expr<T::Like<bool>>
    where
        T: Textual,
    {
        self.like_escaped(format!("{}%", escaped(text.as_ref())))
    }

    /// Whether the text ends with this one; ASCII letters match without case. `%` and `_` stand for themselves.
    pub fn ends_with(self, text: impl AsRef<str>) -> Expr<T::Like<bool>>
    where
        T: Textual,
    {
        self.like_escaped(format!("%{}", escaped(text.as_ref())))
    }

    fn like_escaped(self, pattern: String) -> Expr<T::Like<bool>> {
        Expr::new(sequence([
            sql("("),
            self.node(),
            sql(" LIKE "),
            Node::Value(Value::Text(pattern)),
            sql(" ESCAPE '\\')"),
        ]))
    }

    /// `lower`: ASCII letters in lower case.
    pub fn lower(self) -> Expr<T> {
        Expr::new(call("lower", [self.node()]))
    }

    /// `upper`: ASCII letters in upper case.
    pub fn upper(self) -> Expr<T> {
        Expr::new(call("upper", [self.node()]))
    }

    /// `LIKE` with an escape character: behind it `%` and `_` stand for themselves.
    pub fn like_escape<R: Pattern<T>>(self, pattern: R, escape: char) -> Truth<T, R::Type> {
        Expr::new(sequence([
            sql("("),
            self.node(),
            sql(" LIKE "),
            pattern.into_node(),
            sql(" ESCAPE "),
            Node::Value(Value::Text(escape.to_string())),
            sql(")"),
        ]))
    }

    /// `GLOB`: `*` stands for any text, `?` for one character, `[a-z]` for one of these; letters match
    /// with case.
    pub fn glob<R: Pattern<T>>(self, pattern: R) -> Truth<T, R::Type> {
        Expr::new(infix(self.node(), " GLOB ", pattern.into_node()))
    }

    /// `||`: this text and then the other; NULL if one of them is.
    pub fn concat<R: IntoExpr<T::Base>>(self, text: R) -> Expr<T::Like<R::Type>>
    where
        T: Textual,
    {
        Expr::new(infix(self.node(), " || ", text.into_node()))
    }

    /// `trim`: without the spaces around it.
    pub fn trim(self) -> Expr<T>
    where
        T: Textual,
    {
        Expr::new(call("trim", [self.node()]))
    }

    /// `ltrim`: without the spaces before it.
    pub fn trim_start(self) -> Expr<T>
    where
        T: Textual,
    {
        Expr::new(call("ltrim", [self.node()]))
    }

    /// `rtrim`: without the spaces behind it.
    pub fn trim_end(self) -> Expr<T>
    where
        T: Textual,
    {
        Expr::new(call("rtrim", [self.node()]))
    }

    /// `substr`: this many characters from a position on. The first has position 1, the last -1.
    pub fn substr<S: IntoExpr<i64>, L: IntoExpr<i64>>(self, start: S, length: L) -> Expr<T>
    where
        T: Textual,
    {
        Expr::new(call("substr", [self.node(), start.into_node(), length.into_node()]))
    }

    /// `replace`: the text with every occurrence of one text replaced by another.
    pub fn replace<F: IntoExpr<T::Base>, W: IntoExpr<T::Base>>(self, from: F, with: W) -> Expr<T>
    where
        T: Textual,
    {
        Expr::new(call("replace", [self.node(), from.into_node(), with.into_node()]))
    }

    /// `instr`: position of the first occurrence, from 1; 0 where there is none.
    pub fn position_of<R: IntoExpr<T::Base>>(self, text: R) -> Expr<T::Like<i64>>
    where
        T: Textual,
    {
        Expr::new(call("instr", [self.node(), text.into_node()]))
    }

    /// The same text, compared and ordered by this rule.
    pub fn collate(self, collation: Collation) -> Expr<T>
    where
        T: Textual,
    {
        Expr::new(sequence([
            sql("("),
            self.node(),
            match collation {
                Collation::Binary => sql(" COLLATE BINARY)"),
                Collation::NoCase => sql(" COLLATE NOCASE)"),
                Collation::RightTrim => sql(" COLLATE RTRIM)"),
                Collation::Own(name) => Node::Sql(format!(" COLLATE {})", quote_identifier(name)).into()),
            },
        ]))
    }

    /// `length`, in characters.
    pub fn length(self) -> Expr<T::Like<i64>>
    where
        T: SqlType,
    {
        Expr::new(call("length", [self.node()]))
    }
}

/// How texts are compared and ordered. <https://sqlite.org/datatype3.html#collation>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Collation {
    /// By their bytes.
    Binary,
    /// By their bytes, with ASCII letters in one case.
    NoCase,
    /// By their bytes, without the spaces behind them.
    RightTrim,
    /// As the application says, under this name: [`OpenOptions::collation`](crate::OpenOptions::collation).
    Own(&'static str),
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
