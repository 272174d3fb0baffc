/// Reads a SQLite version, `3.40` or `3.40.1`, as SQLite counts them: 3040001.
pub(super) fn parse(text: &str) -> Result<i32, String> {
    let malformed = || format!("`{text}` is no version of SQLite; write it as in \"3.40\" or \"3.40.1\"");
    let mut parts = Vec::new();
    for part in text.split('.') {
        let number: i32 = part.parse().map_err(|_| malformed())?;
        if !(0..1_000).contains(&number) {
            return Err(malformed());
        }
        parts.push(number);
    }
    match parts.as_slice() {
        [3, minor] => Ok(3_000_000 + minor * 1_000),
        [3, minor, patch] => Ok(3_000_000 + minor * 1_000 + patch),
        _ => Err(malformed()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_count_as_sqlite_counts_them() {
        assert_eq!(parse("3.40"), Ok(3_040_000));
        assert_eq!(parse("3.53.2"), Ok(3_053_002));
        for text in ["", "3", "4.0", "3.x", "3.40.1.2", "3.-1", "3.1000"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
