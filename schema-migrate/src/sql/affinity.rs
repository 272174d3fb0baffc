/// As what SQLite stores a value that it can convert without loss of its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Affinity {
    Integer,
    Text,
    Blob,
    Real,
    Numeric,
}

impl Affinity {
    /// The affinity of a type, by SQLite's own rules in their order.
    /// <https://sqlite.org/datatype3.html#determination_of_column_affinity>
    pub(crate) fn of(sql_type: &str, strict: bool) -> Self {
        let name = sql_type.to_ascii_uppercase();
        let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
        if has(&["INT"]) {
            Self::Integer
        } else if has(&["CHAR", "CLOB", "TEXT"]) {
            Self::Text
        } else if name.trim().is_empty() || has(&["BLOB"]) || (strict && name.trim() == "ANY") {
            Self::Blob
        } else if has(&["REAL", "FLOA", "DOUB"]) {
            Self::Real
        } else {
            Self::Numeric
        }
    }

    /// Whether a value that was stored under the other affinity can become another one. INTEGER and
    /// NUMERIC store alike, and no affinity converts what comes without one.
    pub(crate) fn alters(self, before: Self) -> bool {
        let stores = |affinity| if affinity == Self::Integer { Self::Numeric } else { affinity };
        self != Self::Blob && stores(self) != stores(before)
    }

    /// The expression of what becomes of a value when it is stored.
    pub(crate) fn stored(self, value: &str) -> String {
        match self {
            Self::Blob => value.to_owned(),
            Self::Text => format!("CAST({value} AS TEXT)"),
            // What reads as a number equals it; other text does not, and stays.
            Self::Integer | Self::Numeric => format!(
                "CASE {value} WHEN CAST({value} AS INTEGER) THEN CAST({value} AS INTEGER) \
                 WHEN CAST({value} AS NUMERIC) THEN CAST({value} AS NUMERIC) ELSE {value} END"
            ),
            Self::Real => {
                format!(
                    "CASE WHEN {value} = CAST({value} AS NUMERIC) THEN CAST({value} AS REAL) ELSE {value} END"
                )
            }
        }
    }

    /// The same for a literal, as an expression with the affinity of the column: it decides how others
    /// are compared with it.
    pub(crate) fn stored_literal(self, literal: &str) -> String {
        match self {
            Self::Text => self.stored(literal),
            Self::Real if literal.parse::<f64>().is_ok() => format!("CAST({literal} AS REAL)"),
            Self::Integer | Self::Numeric if literal.parse::<f64>().is_ok() => {
                format!("CAST({literal} AS NUMERIC)")
            }
            _ => literal.to_owned(),
        }
    }

    /// The condition of values that are another one afterwards, for good, or that are none of the
    /// type: the way back would not give them as they were.
    pub(crate) fn altered(self, value: &str) -> String {
        let differs =
            |kind: &str| format!("CAST(CAST({value} AS {kind}) AS TEXT) IS NOT {value} COLLATE BINARY");
        match self {
            Self::Blob => "0".to_owned(),
            Self::Integer => {
                format!("typeof({value}) NOT IN ('null', 'integer') AND {}", differs("INTEGER"))
            }
            // A whole number is stored as an integer, however large; CAST leaves the largest be.
            Self::Numeric => format!(
                "typeof({value}) = 'text' AND {value} = CAST({value} AS NUMERIC) \
                 AND CASE WHEN {value} = CAST({value} AS INTEGER) THEN {} ELSE {} END",
                differs("INTEGER"),
                differs("NUMERIC")
            ),
            Self::Real => format!(
                "CASE typeof({value}) WHEN 'integer' THEN CAST({value} AS REAL) <> {value} \
                 WHEN 'text' THEN {} ELSE typeof({value}) = 'blob' END",
                differs("REAL")
            ),
            Self::Text => {
                format!("typeof({value}) = 'real' AND CAST(CAST({value} AS TEXT) AS REAL) <> {value}")
            }
        }
    }
}

/// The condition of values that a column of a STRICT table refuses.
pub(crate) fn refused(sql_type: &str, value: &str) -> Option<String> {
    Some(match sql_type.trim().to_ascii_uppercase().as_str() {
        "INT" | "INTEGER" => {
            format!("(typeof({value}) = 'blob' OR {value} <> CAST(CAST({value} AS NUMERIC) AS INTEGER))")
        }
        "REAL" => format!(
            "(typeof({value}) = 'blob' OR typeof({value}) = 'text' AND {value} <> CAST({value} AS NUMERIC))"
        ),
        "TEXT" => format!("typeof({value}) = 'blob'"),
        "BLOB" => format!("typeof({value}) NOT IN ('null', 'blob')"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use schema_core::rusqlite::Connection;

    use super::*;

    const VALUES: [&str; 32] = [
        "NULL",
        "'7'",
        "'007'",
        "'1e3'",
        "'abc'",
        "'1.5'",
        "'7.0'",
        "''",
        "' 7 '",
        "'0x1F'",
        "'+3'",
        "'1.'",
        "'.5'",
        "'9007199254740993'",
        "'9223372036854775808'",
        "'1e400'",
        "'nan'",
        "x'37'",
        "x'00ff'",
        "1",
        "0",
        "-3",
        "9007199254740993",
        "9223372036854775807",
        "1.0",
        "1.5",
        "0.30000000000000004",
        "1e19",
        "9007199254740992.0",
        "-0.5",
        "'0.1'",
        "'true'",
    ];
    const TYPES: [&str; 5] = ["INTEGER", "TEXT", "BLOB", "REAL", "NUMERIC"];

    fn each(connection: &Connection, sql: &str, mut check: impl FnMut(&str, bool, bool)) {
        let mut statement = connection.prepare(sql).unwrap();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let said = row.get::<_, Option<bool>>(1).unwrap().unwrap_or(false);
            check(&row.get::<_, String>(0).unwrap(), said, row.get(2).unwrap());
        }
    }

    #[test]
    fn what_a_type_stores_is_foretold_for_every_kind_of_value() {
        let connection = Connection::open_in_memory().unwrap();
        for (from, to) in TYPES.iter().flat_map(|from| TYPES.iter().map(move |to| (from, to))) {
            let inserts: Vec<String> =
                VALUES.iter().map(|value| format!("INSERT INTO old(a) VALUES ({value});")).collect();
            connection
                .execute_batch(&format!(
                    "DROP TABLE IF EXISTS old; DROP TABLE IF EXISTS new; DROP TABLE IF EXISTS back;
                     CREATE TABLE old(a {from}); CREATE TABLE new(a {to}); CREATE TABLE back(a {from}); {}
                     INSERT INTO new(rowid, a) SELECT rowid, a FROM old; INSERT INTO back(rowid, a) SELECT rowid, a FROM new;",
                    inserts.concat()
                ))
                .unwrap();
            let (before, after) = (Affinity::of(from, false), Affinity::of(to, false));
            let sql = format!(
                "SELECT quote(old.a), 1, {0} IS new.a AND typeof({0}) = typeof(new.a) FROM old JOIN new ON new.rowid = old.rowid",
                after.stored("old.a")
            );
            if after != Affinity::Text {
                each(&connection, &sql, |value, _, same| assert!(same, "{from} -> {to}: {value}"));
            }
            let sql = format!(
                "SELECT quote(old.a), {}, old.a IS NOT back.a OR typeof(old.a) <> typeof(back.a) \
                 FROM old JOIN back ON back.rowid = old.rowid",
                after.altered("old.a")
            );
            each(&connection, &sql, |value, said, differs| {
                assert!(
                    said || !differs || before == Affinity::Blob,
                    "{from} -> {to}: {value} does not come back"
                );
                assert!(after.alters(before) || !differs, "{from} -> {to}: {value} changes without a yes");
            });
        }
    }

    #[test]
    fn what_a_strict_column_refuses_is_foretold() {
        let connection = Connection::open_in_memory().unwrap();
        for kind in ["INTEGER", "TEXT", "BLOB", "REAL", "ANY"] {
            connection
                .execute_batch(&format!("DROP TABLE IF EXISTS new; CREATE TABLE new(a {kind}) STRICT"))
                .unwrap();
            for value in VALUES {
                let takes = connection.execute_batch(&format!("INSERT INTO new VALUES ({value})")).is_ok();
                let refused = refused(kind, value).map(|condition| {
                    let sql = format!("SELECT coalesce({condition}, 0)");
                    connection.query_row(&sql, [], |row| row.get::<_, bool>(0)).unwrap()
                });
                assert_eq!(takes, !refused.unwrap_or(false), "{kind} {value}");
            }
        }
    }
}
