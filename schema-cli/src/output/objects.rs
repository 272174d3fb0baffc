use schema_migrate::stamp::Compared;

use super::plural;

/// How many objects of each kind: `23 tables, 4 views`.
pub(crate) fn objects(compared: Compared) -> String {
    let counted = [
        (compared.tables, "table"),
        (compared.views, "view"),
        (compared.indexes, "index"),
        (compared.triggers, "trigger"),
        (compared.virtual_tables, "virtual table"),
    ];
    let named: Vec<String> = counted
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| match *name {
            "index" if *count > 1 => format!("{} indexes", super::count(*count as u64)),
            name => plural(*count, name),
        })
        .collect();
    if named.is_empty() { "nothing".to_owned() } else { named.join(", ") }
}
