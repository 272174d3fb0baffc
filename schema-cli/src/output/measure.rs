use std::time::Duration;

/// A number with commas between thousands: `12,408`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with its noun: `1 row`, `12,408 rows`.
pub(crate) fn plural(number: usize, noun: &str) -> String {
    format!("{} {noun}{}", count(number as u64), if number == 1 { "" } else { "s" })
}

/// A duration as people read it: `12 ms`, `4.2 s`, `3 min 20 s`.
pub(crate) fn duration(took: Duration) -> String {
    if took < Duration::from_secs(1) {
        return format!("{} ms", took.as_millis());
    }
    if took < Duration::from_secs(60) {
        return format!("{:.1} s", took.as_secs_f64());
    }
    format!("{} min {} s", took.as_secs() / 60, took.as_secs() % 60)
}

/// A size as people read it: `512 B`, `3.1 MiB`.
pub(crate) fn size(bytes: u64) -> String {
    let mut rest = bytes;
    let mut unit = "B";
    let mut tenths = 0;
    for larger in ["KiB", "MiB", "GiB", "TiB"] {
        if rest < 1024 {
            break;
        }
        tenths = (rest % 1024) * 10 / 1024;
        rest /= 1024;
        unit = larger;
    }
    if unit == "B" { format!("{rest} B") } else { format!("{rest}.{tenths} {unit}") }
}

/// How long ago something was: `12 s`, `2 m`, `4 h`, `3 d`.
pub(crate) fn age(since: time::Duration) -> String {
    let seconds = since.whole_seconds();
    match seconds {
        ..0 => "in the future".to_owned(),
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} m", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_durations_as_people_read_them() {
        assert_eq!(
            [count(0), count(999), count(1_000), count(12_408_000)],
            ["0", "999", "1,000", "12,408,000"]
        );
        assert_eq!([plural(1, "row"), plural(2, "row"), plural(0, "row")], ["1 row", "2 rows", "0 rows"]);
        assert_eq!([size(512), size(1536), size(3_300_000)], ["512 B", "1.5 KiB", "3.1 MiB"]);
        let ages = [-1, 0, 59, 60, 7_200, 172_800].map(|seconds| age(time::Duration::seconds(seconds)));
        assert_eq!(ages, ["in the future", "0 s", "59 s", "1 m", "2 h", "2 d"]);
        let texts = [12, 4_200, 200_000].map(|ms| duration(Duration::from_millis(ms)));
        assert_eq!(texts, ["12 ms", "4.2 s", "3 min 20 s"]);
    }
}
