use super::rename::Rename;

/// The name that a table had before its renames.
pub(crate) fn original_table<'a>(renames: &'a [Rename], table: &'a str) -> &'a str {
    renames.iter().rev().fold(table, |name, rename| match rename {
        Rename::Table { from, to } if to.eq_ignore_ascii_case(name) => from,
        _ => name,
    })
}

/// The name that a column had before its renames; both names are the ones after them.
pub(crate) fn original_column<'a>(renames: &'a [Rename], table: &'a str, column: &'a str) -> &'a str {
    let (mut table, mut column) = (table, column);
    for rename in renames.iter().rev() {
        match rename {
            Rename::Table { from, to } if to.eq_ignore_ascii_case(table) => table = from,
            Rename::Column { table: of, from, to }
                if of.eq_ignore_ascii_case(table) && to.eq_ignore_ascii_case(column) =>
            {
                column = from;
            }
            _ => {}
        }
    }
    column
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_followed_back_through_an_exchange() {
        let table = |from: &str, to: &str| Rename::Table { from: from.to_owned(), to: to.to_owned() };
        let column = |from: &str, to: &str| Rename::Column {
            table: "people".to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
        };
        let renames = [table("users", "people"), column("a", "_a"), column("b", "a"), column("_a", "b")];
        assert_eq!(original_table(&renames, "People"), "users");
        assert_eq!(original_column(&renames, "people", "a"), "b");
        assert_eq!(original_column(&renames, "people", "b"), "a");
        assert_eq!(original_column(&renames, "people", "c"), "c");
    }
}
