/// A text as a Rust literal: plain, raw where quotes or backslashes stand in it, and with escapes
/// where characters cannot be seen.
pub(in crate::pull) fn literal(text: &str) -> String {
    // What Debug writes as an escape is no character to be seen: a control, or one that turns the line around.
    let is_hidden = |letter: char| {
        letter != '\n' && letter != '\t' && letter.escape_debug().to_string().starts_with("\\u")
    };
    if text.contains(['\r', '\0']) || text.chars().any(is_hidden) {
        return format!("{text:?}");
    }
    if !text.contains(['"', '\\', '\n']) {
        return format!("\"{text}\"");
    }
    let mut marks = String::new();
    while text.contains(&format!("\"{marks}")) {
        marks.push('#');
    }
    format!("r{marks}\"{text}\"{marks}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_has_a_literal() {
        assert_eq!(literal("lower(title)"), "\"lower(title)\"");
        assert_eq!(literal("a \"b\""), "r#\"a \"b\"\"#");
        assert_eq!(literal("\"#"), "r##\"\"#\"##");
        assert_eq!(literal("a\\b"), "r\"a\\b\"");
        assert_eq!(literal("a\nb"), "r\"a\nb\"");
        assert_eq!(literal("a\r\nb"), "\"a\\r\\nb\"");
        assert_eq!(literal("a\u{202e}b"), "\"a\\u{202e}b\"");
    }
}
