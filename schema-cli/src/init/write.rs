use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::Path,
};

use schema_migrate::Error;

use super::{Action, Plan};

/// Writes what the plan says. A file that has appeared or changed since is left alone.
pub(crate) fn write(plan: &Plan) -> Result<(), Error> {
    let mut written: Vec<&str> = Vec::new();
    for entry in &plan.entries {
        let path = plan.folder.join(entry.path);
        let done = match &entry.action {
            Action::Create(text) => create(&path, text),
            Action::Change { from, to } => change(&path, from, to),
            Action::Keep | Action::ByHand(_) => continue,
        };
        if let Err(error) = done {
            let state = match written.as_slice() {
                [] => "nothing was written".to_owned(),
                files => format!("written so far: {}; calling it again goes on from there", files.join(", ")),
            };
            return Err(Error::failed(format!("{} could not be written", path.display()))
                .why(error.to_string())
                .state(state));
        }
        written.push(entry.path);
    }
    Ok(())
}

fn create(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())
}

/// Replaces the file in one step, so that an interruption leaves the old or the new text.
fn change(path: &Path, from: &str, to: &str) -> io::Result<()> {
    if fs::read_to_string(path)? != from {
        return Err(io::Error::other("it was changed by somebody else in the meantime"));
    }
    let mut beside = path.to_path_buf();
    beside.set_extension("toml.new");
    let mut file = OpenOptions::new().write(true).create_new(true).open(&beside)?;
    file.write_all(to.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, path)
}
