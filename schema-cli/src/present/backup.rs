use schema_ops::backup::Taken;
use serde_json::{Value, json};

use crate::output::{duration, shown, size};

/// `data/backups/app_20261121T023201Z.db.gz   3.1 MiB   verified   0.4 s`
pub(crate) fn backup_line(taken: &Taken) -> String {
    let second = if taken.second.is_some() { " in both places" } else { "" };
    format!(
        "{}   {}   verified{second}   {}",
        shown(&taken.path),
        size(taken.bytes()),
        duration(taken.duration)
    )
}

pub(crate) fn backup_as_json(taken: &Taken) -> Value {
    json!({
        "id": taken.name.to_string(),
        "path": shown(&taken.path),
        "bytes": taken.bytes(),
        "secondary": taken.second.as_deref().map(shown),
        "ms": u64::try_from(taken.duration.as_millis()).unwrap_or(u64::MAX),
    })
}
