use crate::inspect::scratch;
use crate::sql::{TokenKind, tokens};
use crate::{Error, Result};

/// What SQLite says of a text that it cannot parse; every other complaint is about names, which a
/// database without tables cannot know.
const UNPARSED: [&str; 3] = ["syntax error", "incomplete input", "unrecognized token"];

/// Whether a text is one SQL expression and nothing else. It is put between parentheses into a
/// statement, and what closes them early would rewrite rows that nobody named.
pub(super) fn check(what: &str, text: &str) -> Result<()> {
    let Some(why) = fault(text)? else { return Ok(()) };
    Err(Error::usage(format!("{what} is not one SQL expression: {text}"))
        .why(why)
        .state("nothing was changed")
        .next("write one expression over the columns of the old row, as in \"coalesce(price, 0) * 100\""))
}

fn fault(text: &str) -> Result<Option<String>> {
    let all = match tokens(text) {
        Ok(all) => all,
        Err(error) => return Ok(Some(error.reason().unwrap_or_else(|| error.what()).to_owned())),
    };
    let Some(last) = all.last() else { return Ok(Some("there is no SQL in it".to_owned())) };
    let mut depth = 0_usize;
    for token in &all {
        match token.text {
            _ if token.kind == TokenKind::Parameter => {
                return Ok(Some(format!("nothing gives the parameter {} a value", token.text)));
            }
            "(" => depth += 1,
            ")" => match depth.checked_sub(1) {
                Some(outer) => depth = outer,
                None => return Ok(Some("a parenthesis closes that none opened".to_owned())),
            },
            ";" => return Ok(Some("a semicolon ends it early".to_owned())),
            "," if depth == 0 => return Ok(Some("a comma makes two of it".to_owned())),
            _ => {}
        }
    }
    if depth > 0 {
        return Ok(Some("a parenthesis is left open".to_owned()));
    }
    if last.end < text.trim_end().len() {
        return Ok(Some("a comment ends it, which could reach into what follows".to_owned()));
    }
    let connection = scratch()?;
    let error = connection.prepare(&format!("SELECT ({text})")).err().map(|error| error.to_string());
    Ok(error.filter(|message| UNPARSED.iter().any(|known| message.contains(known))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn one_expression_passes_whatever_it_names() {
        for text in [
            "1",
            "coalesce(years, 0) = 1",
            "'a;b -- c)'",
            "our_function(t.a, \"b c\") COLLATE ours",
            "(SELECT max(x, 1) FROM other WHERE other.id = t.id)",
            "CASE WHEN a IN (1, 2) THEN 'x' /* why */ ELSE -- not\n 'y' END",
        ] {
            check("--backfill t.s", text).unwrap();
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "'q') --",
            "'q' --",
            "'q' /* open",
            "1; DROP TABLE t",
            "1) + (2",
            "(1",
            "1, t = 2",
            "",
            "-- nothing",
            "1 2",
            "SET a = 1",
            "a +",
            "?1",
            "'open",
        ] {
            let error = check("--backfill t.s", text).expect_err(text);
            assert_eq!(error.kind(), ErrorKind::Usage, "{text}");
            assert!(error.to_string().contains("--backfill t.s"), "{error}");
        }
    }
}
