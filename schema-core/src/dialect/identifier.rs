/// An identifier in double quotes, with the quotes inside it doubled. Every name that reaches SQL
/// goes through here; SQLite and PostgreSQL agree on this spelling.
///
/// ```
/// assert_eq!(schema_core::dialect::quote_identifier(r#"odd "name""#), r#""odd ""name""""#);
/// ```
pub fn quote_identifier(name: &str) -> String {
    quoted(name, '"')
}

/// A text literal in single quotes, with the quotes inside it doubled.
///
/// ```
/// assert_eq!(schema_core::dialect::quote_text("it's"), "'it''s'");
/// ```
pub fn quote_text(text: &str) -> String {
    quoted(text, '\'')
}

fn quoted(text: &str, quote: char) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push(quote);
    for character in text.chars() {
        if character == quote {
            quoted.push(quote);
        }
        quoted.push(character);
    }
    quoted.push(quote);
    quoted
}
