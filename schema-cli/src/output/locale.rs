use std::{borrow::Cow, env, fmt::Write as _};

/// Whether the terminal's character set is UTF-8, as POSIX tells: `LC_ALL`, `LC_CTYPE`, `LANG`.
pub(super) fn is_utf8() -> bool {
    if cfg!(windows) {
        return true;
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()))
        .unwrap_or_default()
        .to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

/// The text with characters outside ASCII written as `\u{e9}`.
pub(super) fn ascii(text: &str) -> Cow<'_, str> {
    escape(text, |letter, plain| {
        let _ = write!(plain, "\\u{{{:x}}}", u32::from(letter));
    })
}

/// The JSON text with characters outside ASCII written as `\u00e9`.
pub(super) fn ascii_json(text: &str) -> Cow<'_, str> {
    escape(text, |letter, plain| {
        for unit in letter.encode_utf16(&mut [0; 2]) {
            let _ = write!(plain, "\\u{unit:04x}");
        }
    })
}

fn escape(text: &str, write: impl Fn(char, &mut String)) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        if letter.is_ascii() {
            plain.push(letter);
        } else {
            write(letter, &mut plain);
        }
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_outside_ascii_is_escaped_and_json_stays_the_same_value() {
        assert_eq!(ascii("b\u{fc}cher"), "b\\u{fc}cher");
        let json = serde_json::to_string("b\u{fc}cher \u{1f4d6}").unwrap();
        let plain = ascii_json(&json);
        assert!(plain.is_ascii());
        assert_eq!(serde_json::from_str::<String>(&plain).unwrap(), "b\u{fc}cher \u{1f4d6}");
    }
}
