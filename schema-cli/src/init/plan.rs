use std::{
    fs, io,
    path::{Path, PathBuf},
};

use schema_migrate::Error;

use super::{
    alias,
    manifest::{self, Edited},
    template::{self, Framework, Names},
};
use crate::registry::snake_case;

/// The source of the commands.
const XTASK: &str = "xtask/src/main.rs";

/// What the user asks for.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) folder: PathBuf,
    pub(crate) schema: String,
    pub(crate) framework: Option<PathBuf>,
}

/// What would be done.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) folder: PathBuf,
    pub(crate) entries: Vec<Entry>,
    /// Whether new crates name the framework's by their versions, which no registry has yet.
    pub(crate) from_registry: bool,
}

/// What would be done with one file.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Relative to the folder.
    pub(crate) path: &'static str,
    pub(crate) action: Action,
    /// What is in the file, or what is added to it, or why it stays.
    pub(crate) what: String,
}

/// What would be done with a file.
#[derive(Debug)]
pub(crate) enum Action {
    /// It is new.
    Create(String),
    /// Its text from this to that.
    Change { from: String, to: String },
    /// It stays as it is.
    Keep,
    /// It stays, and a person has to add these lines.
    ByHand(String),
}

/// Says what a project lacks, and writes nothing.
pub(crate) fn plan(options: &Options) -> Result<Plan, Error> {
    let folder = resolved(&options.folder).map_err(|error| unreadable(&options.folder, &error))?;
    if folder.exists() && !folder.is_dir() {
        return Err(refused(format!("{} is no folder", folder.display())));
    }
    let framework = match &options.framework {
        Some(path) => checkout(path)?,
        None => Framework::Version(env!("CARGO_PKG_VERSION")),
    };
    for name in ["models", "xtask"] {
        if folder.join(name).exists() && !folder.join(name).join("Cargo.toml").is_file() {
            return Err(refused(format!("{name}/ is there, and is no crate"))
                .why("a member of the workspace without a Cargo.toml would keep cargo from loading it")
                .next(format!("give {name}/ another name, or write its Cargo.toml; then call it again")));
        }
    }
    let names = Names {
        key: snake_case(&type_name(&options.schema)?),
        schema: options.schema.clone(),
        models: format!("{}-models", package_name(&folder)),
    };
    let is_new = !folder.join("Cargo.toml").exists();

    let mut entries = vec![
        completed(&folder, "Cargo.toml", "a workspace", template::workspace, manifest::complete)?,
        completed(&folder, ".cargo/config.toml", "alias xtask", alias::whole, alias::complete)?,
    ];
    let models = folder.join("models").exists();
    let xtask = folder.join("xtask").exists();
    let mut add = |path: &'static str, what: &str, taken: bool, text: String| {
        let (action, what) = if taken || folder.join(path).exists() {
            (Action::Keep, "is there already".to_owned())
        } else {
            (Action::Create(text), what.to_owned())
        };
        entries.push(Entry { path, action, what });
    };
    add("models/Cargo.toml", "the models' crate", models, template::models_manifest(&names, &framework));
    add("models/build.rs", "sees new migrations", models, template::BUILD_SCRIPT.to_owned());
    add("models/src/lib.rs", "a first model", models, template::models(&names));
    add("xtask/Cargo.toml", "the commands' crate", xtask, template::xtask_manifest(&names, &framework));
    add(XTASK, "the commands over your schema", xtask, template::xtask(&names));
    add("schema.toml", "where database and migrations are", false, template::settings(&names));
    add("data/.gitignore", "keeps databases out of git", false, template::DATA_IGNORED.to_owned());
    if !folder.join("migrations").exists() {
        add("migrations/.gitkeep", "the folder of the migrations", false, String::new());
    }
    if is_new {
        add(".gitignore", "keeps builds out of git", false, template::IGNORED.to_owned());
    }
    let has_commands = fs::read_to_string(folder.join(XTASK)).is_ok_and(|text| text.contains("schema_cli"));
    if xtask && !has_commands {
        by_hand(&mut entries, XTASK, &template::xtask(&names));
    }
    let crates = ["models/Cargo.toml", "xtask/Cargo.toml"];
    let is_new = |entry: &Entry| crates.contains(&entry.path) && matches!(entry.action, Action::Create(_));
    let from_registry = options.framework.is_none() && entries.iter().any(is_new);
    Ok(Plan { folder, entries, from_registry })
}

/// The folder without `..` and links, as far as it is there.
fn resolved(folder: &Path) -> io::Result<PathBuf> {
    let folder = std::path::absolute(folder)?;
    let real = folder.ancestors().find_map(|above| {
        let rest = folder.strip_prefix(above).ok()?;
        Some(above.canonicalize().ok()?.components().chain(rest.components()).collect())
    });
    Ok(real.unwrap_or(folder))
}

/// An `xtask` of the user's own gets no file of ours, but the line that it needs is shown.
fn by_hand(entries: &mut [Entry], path: &str, text: &str) {
    for entry in entries.iter_mut().filter(|entry| entry.path == path) {
        entry.action = Action::ByHand(text.to_owned());
    }
}

fn completed(
    folder: &Path,
    path: &'static str,
    what: &str,
    whole: impl FnOnce() -> String,
    complete: impl FnOnce(&str) -> Edited,
) -> Result<Entry, Error> {
    let from = match fs::read_to_string(folder.join(path)) {
        Ok(from) => from,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(Entry { path, action: Action::Create(whole()), what: what.to_owned() });
        }
        Err(error) => return Err(unreadable(&folder.join(path), &error)),
    };
    Ok(match complete(&from) {
        Edited::Changed(to, what) => Entry { path, action: Action::Change { from, to }, what },
        Edited::Complete => Entry { path, action: Action::Keep, what: "has it already".to_owned() },
        Edited::ByHand(lines) => {
            Entry { path, action: Action::ByHand(lines), what: "cannot be completed safely".to_owned() }
        }
    })
}

/// The folder of a checkout as the start of a TOML string.
fn checkout(path: &Path) -> Result<Framework, Error> {
    let folder = fs::canonicalize(path).map_err(|error| unreadable(path, &error))?;
    if !folder.join("schema-core/Cargo.toml").is_file() {
        return Err(refused(format!("{} is no checkout of the framework", folder.display()))
            .why("it has no schema-core/Cargo.toml"));
    }
    // Written for every system: TOML takes forward slashes on Windows, too.
    let text = folder.to_str().ok_or_else(|| refused(format!("{} is no UTF-8 path", folder.display())))?;
    let quoted = serde_json::to_string(&text.replace('\\', "/")).unwrap_or_default();
    Ok(Framework::Path(quoted.trim_end_matches('"').to_owned()))
}

/// The name of the schema's type, if Rust takes it for one.
fn type_name(name: &str) -> Result<String, Error> {
    let mut letters = name.chars();
    let fits = letters.next().is_some_and(|first| first.is_ascii_uppercase())
        && letters.all(|letter| letter.is_ascii_alphanumeric());
    let taken = ["Self", "Note", "Table", "OffsetDateTime"].contains(&name);
    if fits && !taken {
        return Ok(name.to_owned());
    }
    Err(refused(format!("`{name}` cannot be the name of the schema's type"))
        .why("it is a Rust type's name in camel case, as in --name Shop"))
}

/// A package name that cargo takes, after the folder's name.
fn package_name(folder: &Path) -> String {
    let name = folder.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let fitting: String = name
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || letter == '_' { letter } else { '-' })
        .collect();
    let fitting = fitting.trim_matches('-');
    if fitting.starts_with(|first: char| first.is_ascii_lowercase()) {
        fitting.to_owned()
    } else {
        format!("app-{fitting}").trim_end_matches('-').to_owned()
    }
}

fn refused(what: String) -> Error {
    Error::usage(what).state("nothing was written")
}

fn unreadable(path: &Path, error: &io::Error) -> Error {
    Error::failed(format!("{} cannot be read", path.display()))
        .why(error.to_string())
        .state("nothing was written")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_named_after_its_folder() {
        for (folder, name) in
            [("/a/Shop", "shop"), ("/a/my shop!", "my-shop"), ("/a/2nd", "app-2nd"), ("/", "app")]
        {
            assert_eq!(package_name(Path::new(folder)), name);
        }
    }

    #[test]
    fn a_schema_name_is_a_type_name() {
        assert!(type_name("Shop2").is_ok());
        for name in ["", "shop", "My-Shop", "Self", "Note", "2Shop"] {
            assert!(type_name(name).is_err(), "{name}");
        }
    }
}
