use std::{env, path::Path};

/// A path as a person writes it here: relative to the current folder where it is below it.
pub(crate) fn shown(path: &Path) -> String {
    let here = env::current_dir().unwrap_or_default();
    match path.strip_prefix(&here) {
        Ok(below) if !here.as_os_str().is_empty() && !below.as_os_str().is_empty() => {
            below.display().to_string()
        }
        _ => path.display().to_string(),
    }
}
