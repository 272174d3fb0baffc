use super::{Finding, Lint, Severity, Subject};

pub(super) const IRREVERSIBLE: Lint = Lint {
    code: "L006",
    severity: Severity::Warning,
    what: "a step cannot be undone",
    why: "the way down brings the schema back, and not these values",
    instead: "`--keep-dropped` for what is dropped; otherwise the backup that `db-migrate` makes",
};

pub(super) fn findings(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let told = |text: &str| {
        subject.plan.losses.iter().any(|loss| text.contains(&format!(" of {} cannot", loss.what)))
    };
    // A drop says so itself.
    for text in subject.plan.irreversible.iter().filter(|text| !told(text)) {
        let table = subject.changes().map(crate::diff::Change::table).find(|table| names(text, table));
        found.push(Finding {
            lint: &IRREVERSIBLE,
            table: table.unwrap_or_default().to_owned(),
            object: String::new(),
            text: text.clone(),
        });
    }
}

/// Whether a word of the text is the table or a column of it.
fn names(text: &str, table: &str) -> bool {
    text.split(|letter: char| letter.is_whitespace() || ",:;".contains(letter))
        .any(|word| word == table || word.strip_prefix(table).is_some_and(|rest| rest.starts_with('.')))
}
