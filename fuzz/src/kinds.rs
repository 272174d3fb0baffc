use crate::random::Random;

const STRICT: [&str; 6] = ["INTEGER", "INT", "TEXT", "BLOB", "REAL", "ANY"];

const LOOSE: [&str; 26] = [
    "INTEGER",
    "INTEGER",
    "INT",
    "TEXT",
    "TEXT",
    "TEXT",
    "REAL",
    "BLOB",
    "NUMERIC",
    "",
    "VARCHAR(20)",
    "DECIMAL(10, 2)",
    "BOOL",
    "DATETIME",
    "INTEGER NON",
    "UNSIGNED BIG INT",
    "FLOAT",
    "DOUBLE PRECISION",
    "character varying( 255 )",
    "JSON",
    "ANY",
    "\"odd type\"",
    "STRING",
    "long  text",
    "FLOATING POINT",
    "[blob]",
];

const DEFAULTS: [&str; 34] = [
    "7",
    "-1",
    "+3",
    "0x10",
    "1e3",
    "TRUE",
    "false",
    "NULL",
    "'abc'",
    "''",
    "'it''s'",
    "\"dq\"",
    "word",
    "'007'",
    "CURRENT_TIMESTAMP",
    "current_date",
    "(1 + 2)",
    "(lower('AB'))",
    "(random())",
    "x'00ff'",
    "(x'00')",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "1.5",
    "0.1",
    "9e999",
    "(datetime('now'))",
    "(NULL)",
    "('a' || \"b\")",
    "(-5)",
    "''''",
    "'{\"a\": 1}'",
    "( - 3 )",
];

const TEXTS: [&str; 20] = [
    "''",
    "'a'",
    "'b'",
    "'zz'",
    "'007'",
    "'7'",
    "'1e3'",
    "'1.0'",
    "'-0'",
    "' 12 '",
    "'0x10'",
    "'it''s'",
    "'Ünï'",
    "'A'",
    "'9223372036854775808'",
    "'text'",
    "'2025-11-27 14:30:00'",
    "'NULL'",
    "'a''; --'",
    "'😀'",
];

const NUMBERS: [&str; 16] = [
    "0",
    "1",
    "-1",
    "2",
    "7",
    "1000",
    "2147483648",
    "-2147483649",
    "9007199254740993",
    "9223372036854775807",
    "-9223372036854775808",
    "42",
    "3",
    "4",
    "5",
    "255",
];

const REALS: [&str; 12] = [
    "0.1",
    "1.5",
    "-1.5",
    "1.0",
    "1e300",
    "-0.0",
    "9e999",
    "-9e999",
    "5e-324",
    "9007199254740993.0",
    "3.14",
    "1e15",
];

const BLOBS: [&str; 6] = ["x''", "x'00'", "x'ff00ff'", "x'31'", "CAST(x'610062' AS TEXT)", "zeroblob(300)"];

/// A declared type.
pub(crate) fn sql_type(random: &mut Random, strict: bool) -> String {
    if strict { (*random.pick(&STRICT)).to_owned() } else { (*random.pick(&LOOSE)).to_owned() }
}

/// A default that the type can hold; of a STRICT table one that it has to.
pub(crate) fn default(random: &mut Random, sql_type: &str, strict: bool) -> String {
    if !strict || sql_type == "ANY" {
        return (*random.pick(&DEFAULTS)).to_owned();
    }
    let fitting: &[&str] = match sql_type {
        "INTEGER" | "INT" => &["7", "-1", "0x10", "(1 + 2)", "9223372036854775807", "TRUE", "NULL"],
        "REAL" => &["1.5", "7", "(0.5)", "9e999"],
        "BLOB" => &["x'00ff'", "(x'00')", "NULL"],
        _ => &["'abc'", "''", "'it''s'", "\"dq\"", "(lower('AB'))", "CURRENT_TIMESTAMP", "'007'"],
    };
    (*random.pick(fitting)).to_owned()
}

/// Whether the default gives another value each time.
pub(crate) fn is_fickle(default: &str) -> bool {
    let lower = default.to_ascii_lowercase();
    ["current_", "random", "now"].iter().any(|word| lower.contains(word))
}

/// A value as a literal: mostly of the type's kind, since a column of mixed kinds is rare.
pub(crate) fn value(random: &mut Random, sql_type: &str, strict: bool) -> String {
    let upper = sql_type.to_ascii_uppercase();
    let own: &[&str] = if upper.contains("INT") || upper.contains("BOOL") {
        &NUMBERS
    } else if ["CHAR", "CLOB", "TEXT"].iter().any(|word| upper.contains(word)) {
        &TEXTS
    } else if upper.contains("BLOB") {
        &BLOBS
    } else if ["REAL", "FLOA", "DOUB"].iter().any(|word| upper.contains(word)) {
        &REALS
    } else {
        match random.below(4) {
            0 => &NUMBERS[..],
            1 => &REALS,
            2 => &BLOBS,
            _ => &TEXTS,
        }
    };
    let mixed = !strict && random.percent(15);
    let pool = if mixed {
        match random.below(4) {
            0 => &NUMBERS[..],
            1 => &REALS,
            2 => &BLOBS,
            _ => &TEXTS,
        }
    } else {
        own
    };
    match random.below(4) {
        // Values that differ from each other pass keys.
        0 if pool.len() == TEXTS.len() => format!("'row {}'", random.below(1000)),
        0 if pool.len() == NUMBERS.len() => random.below(1000).to_string(),
        _ => (*random.pick(pool)).to_owned(),
    }
}
