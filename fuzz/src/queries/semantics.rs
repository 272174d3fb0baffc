//! What SQL's operators and functions come to, written down anew from SQLite's documentation.
//! <https://sqlite.org/lang_expr.html>, <https://sqlite.org/lang_corefunc.html>

use std::cmp::Ordering;

use schema_core::value::Value;

use super::tree::{Function, Operator, Summary};

/// True, false, or neither.
pub(super) fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Integer(value) => Some(*value != 0),
        Value::Real(value) => Some(*value != 0.0),
        _ => None,
    }
}

pub(super) fn of_truth(truth: Option<bool>) -> Value {
    truth.map_or(Value::Null, |truth| Value::Integer(i64::from(truth)))
}

/// NULL, then numbers, then texts by their bytes.
pub(super) fn order(left: &Value, right: &Value) -> Ordering {
    let class = |value: &Value| match value {
        Value::Null => 0,
        Value::Integer(_) | Value::Real(_) => 1,
        Value::Text(_) => 2,
        Value::Blob(_) => 3,
    };
    match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => left.cmp(right),
        (Value::Text(left), Value::Text(right)) => left.as_bytes().cmp(right.as_bytes()),
        _ => match (number(left), number(right)) {
            (Some(left), Some(right)) => left.partial_cmp(&right).unwrap_or(Ordering::Equal),
            _ => class(left).cmp(&class(right)),
        },
    }
}

#[allow(clippy::cast_precision_loss, reason = "the campaign's numbers are small")]
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(value) => Some(*value as f64),
        Value::Real(value) => Some(*value),
        _ => None,
    }
}

#[allow(clippy::cast_possible_truncation, reason = "as CAST cuts off the fraction")]
fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Integer(value) => Some(*value),
        Value::Real(value) => Some(value.trunc() as i64),
        _ => None,
    }
}

fn folded(value: &Value) -> Value {
    match value {
        Value::Text(text) => Value::Text(text.to_ascii_lowercase()),
        other => other.clone(),
    }
}

pub(super) fn no_case(operator: Operator, left: &Value, right: &Value) -> Value {
    binary(operator, &folded(left), &folded(right))
}

pub(super) fn binary(operator: Operator, left: &Value, right: &Value) -> Value {
    use Operator as O;
    match operator {
        O::And => {
            return of_truth(match (truth(left), truth(right)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            });
        }
        O::Or => {
            return of_truth(match (truth(left), truth(right)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            });
        }
        O::Distinct => return of_truth(Some(order(left, right) != Ordering::Equal)),
        O::NotDistinct => return of_truth(Some(order(left, right) == Ordering::Equal)),
        _ => {}
    }
    if *left == Value::Null || *right == Value::Null {
        return Value::Null;
    }
    let ordering = order(left, right);
    match operator {
        O::Equal => of_truth(Some(ordering == Ordering::Equal)),
        O::Unequal => of_truth(Some(ordering != Ordering::Equal)),
        O::Less => of_truth(Some(ordering == Ordering::Less)),
        O::LessOrEqual => of_truth(Some(ordering != Ordering::Greater)),
        O::Greater => of_truth(Some(ordering == Ordering::Greater)),
        O::GreaterOrEqual => of_truth(Some(ordering != Ordering::Less)),
        O::Concat => Value::Text(text(left) + &text(right)),
        O::Like => of_truth(Some(like(&text(right), &text(left), None))),
        O::Glob => of_truth(Some(glob(&text(right), &text(left)))),
        _ => arithmetic(operator, left, right),
    }
}

#[allow(clippy::cast_precision_loss, reason = "the campaign's numbers are small")]
fn arithmetic(operator: Operator, left: &Value, right: &Value) -> Value {
    use Operator as O;
    if operator == O::Remainder {
        let (Some(of), Some(by)) = (integer(left), integer(right)) else { return Value::Null };
        let Some(rest) = of.checked_rem(by) else { return Value::Null };
        return match (left, right) {
            (Value::Integer(_), Value::Integer(_)) => Value::Integer(rest),
            _ => Value::Real(rest as f64),
        };
    }
    match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => match operator {
            O::Add => Value::Integer(left + right),
            O::Subtract => Value::Integer(left - right),
            O::Multiply => Value::Integer(left * right),
            _ => left.checked_div(*right).map_or(Value::Null, Value::Integer),
        },
        _ => {
            let (Some(left), Some(right)) = (number(left), number(right)) else { return Value::Null };
            match operator {
                O::Add => Value::Real(left + right),
                O::Subtract => Value::Real(left - right),
                O::Multiply => Value::Real(left * right),
                _ if right == 0.0 => Value::Null,
                _ => Value::Real(left / right),
            }
        }
    }
}

pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Integer(value) => value.to_string(),
        Value::Real(value) => format!("{value:?}"),
        Value::Text(value) => value.clone(),
        Value::Null | Value::Blob(_) => String::new(),
    }
}

/// `%` stands for any text, `_` for a character; ASCII letters match without case.
pub(super) fn like(pattern: &str, text: &str, escape: Option<char>) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    like_from(&pattern, &text, escape)
}

fn like_from(pattern: &[char], text: &[char], escape: Option<char>) -> bool {
    let same = |left: char, right: char| left.eq_ignore_ascii_case(&right);
    match pattern {
        [] => text.is_empty(),
        [mark, rest @ ..] if Some(*mark) == escape => match (rest, text) {
            ([literal, rest @ ..], [first, behind @ ..]) => {
                same(*literal, *first) && like_from(rest, behind, escape)
            }
            _ => false,
        },
        ['%', rest @ ..] => (0..=text.len()).any(|at| like_from(rest, &text[at..], escape)),
        ['_', rest @ ..] => !text.is_empty() && like_from(rest, &text[1..], escape),
        [literal, rest @ ..] => {
            text.first().is_some_and(|first| same(*literal, *first)) && like_from(rest, &text[1..], escape)
        }
    }
}

/// `*` stands for any text, `?` for a character; letters match with case. No pattern here has brackets.
fn glob(pattern: &str, text: &str) -> bool {
    fn from(pattern: &[char], text: &[char]) -> bool {
        match pattern {
            [] => text.is_empty(),
            ['*', rest @ ..] => (0..=text.len()).any(|at| from(rest, &text[at..])),
            ['?', rest @ ..] => !text.is_empty() && from(rest, &text[1..]),
            [literal, rest @ ..] => text.first() == Some(literal) && from(rest, &text[1..]),
        }
    }
    from(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>())
}

pub(super) fn call(function: Function, arguments: &[Value]) -> Value {
    use Function as F;
    match function {
        F::Coalesce => {
            return arguments.iter().find(|value| **value != Value::Null).cloned().unwrap_or_default();
        }
        F::NullIf => {
            let is_equal = truth(&binary(Operator::Equal, &arguments[0], &arguments[1])) == Some(true);
            return if is_equal { Value::Null } else { arguments[0].clone() };
        }
        _ if arguments.contains(&Value::Null) => return Value::Null,
        _ => {}
    }
    let first = &arguments[0];
    let second = || text(&arguments[1]);
    let folded = |value: &str| value.to_ascii_lowercase();
    match function {
        F::Abs => match first {
            Value::Real(value) => Value::Real(value.abs()),
            other => integer(other).map_or(Value::Null, |value| Value::Integer(value.abs())),
        },
        F::Round => round(first, &arguments[1]),
        F::Lower => Value::Text(text(first).to_ascii_lowercase()),
        F::Upper => Value::Text(text(first).to_ascii_uppercase()),
        F::Trim => Value::Text(text(first).trim_matches(' ').to_owned()),
        F::TrimStart => Value::Text(text(first).trim_start_matches(' ').to_owned()),
        F::TrimEnd => Value::Text(text(first).trim_end_matches(' ').to_owned()),
        F::Length => Value::Integer(i64::try_from(text(first).chars().count()).unwrap_or(i64::MAX)),
        F::Substr => match (integer(&arguments[1]), integer(&arguments[2])) {
            (Some(start), Some(length)) => Value::Text(substr(&text(first), start, length)),
            _ => Value::Null,
        },
        F::Replace if second().is_empty() => first.clone(),
        F::Replace => Value::Text(text(first).replace(&second(), &text(&arguments[2]))),
        F::Position => {
            let found = text(first).find(&second()).map(|at| text(first)[..at].chars().count() + 1);
            Value::Integer(i64::try_from(found.unwrap_or(0)).unwrap_or(i64::MAX))
        }
        F::Contains => of_truth(Some(folded(&text(first)).contains(&folded(&second())))),
        F::StartsWith => of_truth(Some(folded(&text(first)).starts_with(&folded(&second())))),
        F::EndsWith => of_truth(Some(folded(&text(first)).ends_with(&folded(&second())))),
        F::LikeEscaped => of_truth(Some(like(&second(), &text(first), Some('!')))),
        F::ToInteger => match first {
            Value::Text(text) => Value::Integer(leading(text)),
            other => integer(other).map_or(Value::Null, Value::Integer),
        },
        F::ToReal => number(first).map_or(Value::Null, Value::Real),
        F::ToText => Value::Text(text(first)),
        F::Coalesce | F::NullIf => Value::Null,
    }
}

/// Halves are rounded away from zero; fewer than no digits are none.
fn round(value: &Value, digits: &Value) -> Value {
    let (Some(value), Some(digits)) = (number(value), integer(digits)) else { return Value::Null };
    let scale = 10_f64.powi(i32::try_from(digits.clamp(0, 30)).unwrap_or(0));
    Value::Real((value * scale).round() / scale)
}

/// The characters from a position on, which is counted from 1, or from the end where it is negative; those before
/// it where the length is negative.
fn substr(text: &str, start: i64, length: i64) -> String {
    let count = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    // Position 0 is one before the first character.
    let from = if start < 0 { count + start } else { start - 1 };
    let (from, to) = if length < 0 { (from + length, from) } else { (from, from + length) };
    let characters = text.chars().zip(0_i64..);
    characters.filter(|(_, at)| (from..to).contains(at)).map(|(character, _)| character).collect()
}

/// The number that a text begins with; 0 where it begins with none.
fn leading(text: &str) -> i64 {
    let text = text.trim_start();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let end = digits.find(|character: char| !character.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse::<i64>().map_or(0, |number| sign * number)
}

/// What an aggregate gives over values that are not NULL.
#[allow(clippy::cast_precision_loss, reason = "the campaign's numbers are small")]
pub(super) fn summary(summary: Summary, separator: &str, values: &[Value]) -> Value {
    let numbers = || values.iter().filter_map(number);
    let is_whole = values.iter().all(|value| matches!(value, Value::Integer(_)));
    match summary {
        Summary::Count => Value::Integer(i64::try_from(values.len()).unwrap_or(i64::MAX)),
        Summary::Total => Value::Real(numbers().sum::<f64>() + 0.0),
        _ if values.is_empty() => Value::Null,
        Summary::Sum if is_whole => {
            let whole = |value: &Value| if let Value::Integer(value) = value { *value } else { 0 };
            Value::Integer(values.iter().map(whole).sum())
        }
        Summary::Sum => Value::Real(numbers().sum::<f64>()),
        Summary::Average => Value::Real(numbers().sum::<f64>() / values.len() as f64),
        Summary::Least => values.iter().min_by(|left, right| order(left, right)).cloned().unwrap_or_default(),
        Summary::Greatest => {
            values.iter().max_by(|left, right| order(left, right)).cloned().unwrap_or_default()
        }
        Summary::Concat => {
            let texts: Vec<String> = values.iter().map(text).collect();
            Value::Text(texts.join(separator))
        }
    }
}
