//! What differs from run to run and from machine to machine, replaced.

use std::{collections::BTreeMap, fs, path::Path, sync::OnceLock};

use regex_lite::{Captures, Regex};
use serde_json::Value;

const REPLACED: &[(&str, &str)] = &[
    (r"\b\d+ min \d+ s\b|\b\d+(\.\d+)? s\b|\b\d+ ms\b", "[TIME]"),
    (r"\b\d+(\.\d+)? (B|KiB|MiB|GiB|TiB)\b", "[SIZE]"),
    // Columns are as wide as what stands in them.
    (r" {2,}\[(TIME|SIZE)\]", "  [$1]"),
    (r"\[(TIME|SIZE)\] {2,}", "[$1]  "),
    (r#""ms": \d+"#, r#""ms": 0"#),
    (r#""(\w*bytes)": \d+"#, r#""$1": 0"#),
    (r"\b\d+ bytes, and the manifest says \d+\b", "[SIZE], and the manifest says [SIZE]"),
    (r"\b[0-9a-f]{64}\b", "[SHA256]"),
    // A second one within the same second has a number.
    (r"20\d{6}T\d{6}Z(_\d+)?\b", "20260101T000000Z"),
    (r"\b20\d\d-\d\d-\d\d([ T])\d\d:\d\d:\d\d(\.\d+)?", "2026-01-01${1}00:00:00"),
    (r"\bpid \d+\b", "pid [PID]"),
    (r#""pid": \d+"#, r#""pid": 0"#),
];

/// What a command said in this folder, so that it reads the same everywhere.
#[derive(Debug)]
pub(crate) struct Normal {
    /// Names of revisions, those first that were there before the case ran, and the others in the order in
    /// which they were told. The second in which one was made says nothing.
    revisions: Vec<String>,
    /// The seconds of those, for where a revision is told without its name.
    seconds: BTreeMap<String, usize>,
}

impl Normal {
    pub(crate) fn of(project: &Path) -> Self {
        let files = fs::read_dir(project.join("migrations")).into_iter().flatten();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> =
            names.filter_map(|name| Some(name.strip_suffix(".sql")?.to_owned())).collect();
        names.sort();
        let mut normal = Self { revisions: Vec::new(), seconds: BTreeMap::new() };
        for name in names.iter().filter(|name| name.len() > 14 && !name.starts_with("2099")) {
            normal.revision(&name[..14], &name[14..]);
        }
        normal
    }

    pub(crate) fn text(&mut self, text: &str, folder: &Path) -> String {
        static RULES: OnceLock<(Regex, Vec<(Regex, &str)>)> = OnceLock::new();
        let (revision, rules) = RULES.get_or_init(|| {
            let rules = REPLACED.iter().map(|(rule, by)| (Regex::new(rule).unwrap(), *by));
            // A case's own migrations are of the year 2099.
            (Regex::new(r"\b(20[0-8]\d{11})(_[a-z0-9_]+|\b)").unwrap(), rules.collect())
        });
        let mut text = laid_out(text);
        for folder in [Some(folder.to_owned()), folder.canonicalize().ok()].into_iter().flatten() {
            text = text.replace(&folder.display().to_string(), "[PROJECT]");
        }
        text = revision
            .replace_all(&text, |found: &Captures<'_>| {
                format!("{}{}", self.revision(&found[1], &found[2]), &found[2])
            })
            .into_owned();
        for (rule, by) in rules {
            text = rule.replace_all(&text, *by).into_owned();
        }
        text
    }

    fn revision(&mut self, second: &str, name: &str) -> String {
        let by_name = self.revisions.iter().position(|known| !name.is_empty() && known == name);
        let by_second = self.seconds.get(second).copied().filter(|_| name.is_empty());
        let number = by_name.or(by_second).unwrap_or_else(|| {
            self.revisions.push(name.to_owned());
            self.revisions.len() - 1
        });
        self.seconds.insert(second.to_owned(), number);
        format!("202601010000{:02}", number + 1)
    }
}

/// One object of JSON on many lines, and everything else as it is.
fn laid_out(text: &str) -> String {
    match serde_json::from_str::<Value>(text) {
        Ok(value) if value.is_object() => serde_json::to_string_pretty(&value).unwrap(),
        _ => text.to_owned(),
    }
}
