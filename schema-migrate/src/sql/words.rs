use std::collections::HashSet;

use super::tokens;

/// Every word of a text that may be a name, in lower case. Some of them only look like one; a text
/// that cannot be read has none.
pub fn words(text: &str) -> HashSet<String> {
    let all = tokens(text).unwrap_or_default();
    all.iter().filter(|token| token.may_be_name()).map(|token| token.name().to_ascii_lowercase()).collect()
}
