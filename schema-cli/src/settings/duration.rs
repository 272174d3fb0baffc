use std::time::Duration;

/// Reads `500ms`, `5s`, `2m`, `1h` or `7d`.
pub(super) fn parse(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let number = digits.trim().parse::<u64>();
    let milliseconds = match &text[digits.len()..] {
        "ms" => Some(1),
        "s" => Some(1_000),
        "m" | "min" => Some(60_000),
        "h" => Some(3_600_000),
        "d" => Some(86_400_000),
        _ => None,
    };
    number
        .ok()
        .zip(milliseconds)
        .and_then(|(number, unit)| number.checked_mul(unit))
        .map(Duration::from_millis)
        .ok_or_else(|| format!("`{text}` is no duration; write a number and ms, s, m, h or d, as in \"5s\""))
}

/// Reads the age of rows: `36h` or `90d`. `3m` could be meant as months.
pub(crate) fn read_age(text: &str) -> Result<Duration, String> {
    let is_told = text.ends_with('h') || text.ends_with('d');
    parse(text)
        .ok()
        .filter(|_| is_told)
        .ok_or_else(|| format!("`{text}` is no age; write days or hours, as in \"90d\" and \"36h\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_days_or_hours_and_nobody_takes_minutes_for_months() {
        assert_eq!(read_age("90d"), Ok(Duration::from_secs(90 * 86_400)));
        assert_eq!(read_age("36h"), Ok(Duration::from_secs(36 * 3_600)));
        for text in ["3m", "3min", "90", "d", "90s", "-1d", "1 year"] {
            assert!(read_age(text).is_err(), "{text}");
        }
    }

    #[test]
    fn durations_have_a_number_and_a_unit() {
        for (text, seconds) in [("5s", 5), ("2m", 120), ("2 min", 120), ("1h", 3_600), ("7d", 604_800)] {
            assert_eq!(parse(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        assert_eq!(parse("500ms"), Ok(Duration::from_millis(500)));
        for text in [
            "",
            "5",
            "s",
            "5 fortnights",
            "-1s",
            "1.5s",
            "99999999999999999999s",
            "99999999999999999d",
            "\u{fc}",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
