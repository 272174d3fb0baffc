use super::{Expr, IntoExpr, Kind, Node, call, infix, sequence, sql};
use crate::value::{SqlType, Textual, Value};

impl<T: SqlType, K: Kind> Expr<T, K> {
    /// `LIKE`: `%` stands for any text, `_` for one character; ASCII letters match without case.
    pub fn like<R: IntoExpr<T::Base>>(self, pattern: R) -> Expr<bool>
    where
        T: Textual,
    {
        Expr::new(infix(self.node(), " LIKE ", pattern.into_node()))
    }

    /// Whether the text contains this one; ASCII letters match without case. `%` and `_` stand for themselves.
    pub fn contains(self, text: impl AsRef<str>) -> Expr<bool>
    where
        T: Textual,
    {
        self.like_escaped(format!("%{}%", escaped(text.as_ref())))
    }

    /// Whether the text begins with this one; ASCII letters match without case. `%` and `_` stand for themselves.
    pub fn starts_with(self, text: impl AsRef<str>) -> Expr<bool>
    where
        T: Textual,
    {
        self.like_escaped(format!("{}%", escaped(text.as_ref())))
    }

    /// Whether the text ends with this one; ASCII letters match without case. `%` and `_` stand for themselves.
    pub fn ends_with(self, text: impl AsRef<str>) -> Expr<bool>
    where
        T: Textual,
    {
        self.like_escaped(format!("%{}", escaped(text.as_ref())))
    }

    fn like_escaped(self, pattern: String) -> Expr<bool> {
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

    /// `length`, in characters.
    pub fn length(self) -> Expr<T::Like<i64>>
    where
        T: SqlType,
    {
        Expr::new(call("length", [self.node()]))
    }
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
