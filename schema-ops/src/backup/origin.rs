use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Which database a backup is of: where its file stood when the backup was taken.
///
/// Nothing is written into a database for being backed up, and a copy of a database would carry a mark of
/// its own along. So it is the place that tells two databases apart, in two forms: a database that moves
/// together with its backups keeps them by the second one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The whole path, links followed.
    pub path: String,
    /// The path from the folder of the backup, with `/`; `None` where they have no folder in common.
    #[serde(default)]
    pub from_backup: Option<String>,
}

/// Whether a backup is of the database that is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// It is.
    This,
    /// It is of the database that stood here.
    Another(String),
    /// Nothing says so: there is no manifest, or none that can be read.
    Unknown,
}

impl Origin {
    /// Of a database whose backup goes into this folder.
    pub(crate) fn new(database: &Path, folder: &Path) -> Self {
        let (database, folder) = (whole(database), whole(folder));
        Self { path: database.to_string_lossy().into_owned(), from_backup: between(&folder, &database) }
    }

    /// Whether a backup that is now in this folder is of this database.
    pub(crate) fn whose(&self, database: &Path, folder: &Path) -> Whose {
        let asked = Self::new(database, folder);
        let moved_together = self.from_backup.is_some() && self.from_backup == asked.from_backup;
        if moved_together || self.path == asked.path {
            Whose::This
        } else {
            Whose::Another(self.path.clone())
        }
    }
}

/// The path with its links followed, as far as it is there: a database that is gone had a place too.
fn whole(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let known = path.ancestors().find_map(|above| Some((above, above.canonicalize().ok()?)));
    match known {
        Some((above, real)) => match path.strip_prefix(above) {
            Ok(rest) if !rest.as_os_str().is_empty() => real.join(rest),
            _ => real,
        },
        None => path,
    }
}

/// The way from a folder to a file, where they have more in common than the root.
fn between(folder: &Path, file: &Path) -> Option<String> {
    let common = folder.components().zip(file.components()).take_while(|(one, other)| one == other);
    let common: Vec<Component<'_>> = common.map(|(one, _)| one).collect();
    if !common.iter().any(|part| matches!(part, Component::Normal(_))) {
        return None;
    }
    let up = folder.components().skip(common.len()).map(|_| "..".into());
    let down = file.components().skip(common.len()).map(|part| part.as_os_str().to_string_lossy());
    Some(up.chain(down).collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_place_is_told_from_another_and_known_again_when_both_have_moved() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        for folder in ["one/data/backups", "two/data", "shared"] {
            fs::create_dir_all(at(folder)).unwrap();
        }
        let beside = Origin::new(&at("one/data/x.db"), &at("one/data/backups"));
        assert_eq!(beside.from_backup.as_deref(), Some("../x.db"));
        assert_eq!(beside.whose(&at("one/data/x.db"), &at("shared")), Whose::This);
        let shared = Origin::new(&at("one/data/x.db"), &at("shared"));
        assert_eq!(shared.whose(&at("two/data/x.db"), &at("shared")), Whose::Another(shared.path.clone()));
        fs::rename(at("one"), at("three")).unwrap();
        assert_eq!(beside.whose(&at("three/data/x.db"), &at("three/data/backups")), Whose::This);
        assert_eq!(shared.whose(&at("three/data/x.db"), &at("shared")), Whose::Another(shared.path.clone()));
    }

    #[test]
    fn the_root_alone_is_nothing_in_common() {
        assert_eq!(between(Path::new("/mnt/share"), Path::new("/srv/x.db")), None);
        assert_eq!(between(Path::new("/srv/b"), Path::new("/srv/d/x.db")).as_deref(), Some("../d/x.db"));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_and_what_it_leads_to_are_one_database() {
        let home = tempfile::tempdir().unwrap();
        let (file, link) = (home.path().join("x.db"), home.path().join("link.db"));
        fs::write(&file, "").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert_eq!(Origin::new(&file, home.path()), Origin::new(&link, home.path()));
    }
}
