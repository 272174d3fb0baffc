use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Other processes that have the database or a file beside it open, as `my-app (1234)`. Only those that
/// this user may look at, and only where the system tells: on Linux.
pub(super) fn holders(database: &Path) -> Vec<String> {
    let Ok(whole) = database.canonicalize() else { return Vec::new() };
    let files: Vec<PathBuf> =
        ["", "-wal", "-shm", "-journal"].iter().map(|end| beside(&whole, end)).collect();
    let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
    let mut found = Vec::new();
    for process in processes.filter_map(Result::ok) {
        let name = process.file_name();
        let Some(id) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        if id == std::process::id() {
            continue;
        }
        let Ok(open) = fs::read_dir(process.path().join("fd")) else { continue };
        let has_it = open
            .filter_map(Result::ok)
            .any(|file| fs::read_link(file.path()).is_ok_and(|file| files.contains(&file)));
        if has_it {
            let program = fs::read_to_string(process.path().join("comm")).unwrap_or_default();
            found.push(format!("{} ({id})", program.trim()));
        }
    }
    found
}

/// Who has it, in words: `my-app (1234) has it open`.
pub(super) fn told(holders: &[String]) -> String {
    let mut text = String::new();
    match holders {
        [] => text.push_str("another program has it open"),
        [one] => {
            let _ = write!(text, "{one} has it open");
        }
        several => {
            let _ = write!(text, "{} have it open", several.join(", "));
        }
    }
    text
}

/// A file beside the database: `tome.db-wal`.
pub(super) fn beside(database: &Path, ending: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
