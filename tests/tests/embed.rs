//! Migrations that are part of a program: what makes it build anew, and what its compiler says.
#![allow(missing_docs)]

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tempfile::TempDir;

const PROGRAM: &str = "\
const FILES: &[schema_migrate::files::EmbeddedFile] = schema_migrate::embed_migrations!(\"migrations\");

fn main() {
    for file in FILES {
        println!(\"{} {}\", file.path, file.text.contains(\"edited\"));
    }
}
";

const SCRIPT: &str = "fn main() {\n    println!(\"cargo::rerun-if-changed=migrations\");\n}\n";

struct Package(TempDir);

impl Package {
    fn new() -> Self {
        let package = Self(tempfile::tempdir().unwrap());
        let checkout = checkout().display().to_string().replace('\\', "/");
        let manifest = format!(
            "[package]\nname = \"embedding\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
             schema-migrate = {{ path = \"{checkout}/schema-migrate\" }}\n\n\
             [profile.dev.package.libsqlite3-sys]\nopt-level = 3\n\n[workspace]\n"
        );
        package.write("Cargo.toml", &manifest);
        package.write("src/main.rs", PROGRAM);
        fs::copy(self::checkout().join("Cargo.lock"), package.path("Cargo.lock")).unwrap();
        package
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn migration(&self, revision: &str, up: &str) {
        let text = format!("-- revision: {revision}\n-- migrate:up\n{up}\n-- migrate:down\n");
        self.write(&format!("migrations/{revision}.sql"), &text);
    }

    /// Cargo with this workspace's builds: nothing but the package itself is compiled again.
    fn cargo(&self, command: &str) -> Output {
        let target = env::current_exe().unwrap().ancestors().nth(3).unwrap().to_path_buf();
        Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .current_dir(self.0.path())
            .args([command, "--offline", "--quiet"])
            .env("CARGO_TARGET_DIR", target.join("embedding"))
            .env("CARGO_BUILD_BUILD_DIR", &target)
            .env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only")
            .output()
            .unwrap()
    }

    fn lines(&self) -> Vec<String> {
        let run = self.cargo("run");
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        String::from_utf8(run.stdout).unwrap().lines().map(str::to_owned).collect()
    }

    fn refused(&self) -> String {
        let check = self.cargo("check");
        assert!(!check.status.success(), "it compiles");
        String::from_utf8(check.stderr).unwrap()
    }
}

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

#[test]
fn a_file_that_is_added_edited_or_removed_is_in_the_next_build_and_a_wrong_one_is_a_compile_error() {
    let package = Package::new();
    assert!(package.refused().contains("write `build.rs`"), "without a build script nothing would be seen");
    package.write("build.rs", "fn main() { println!(\"cargo::rerun-if-changed=other\"); }\n");
    assert!(package.refused().contains("does not watch the folder"));
    package.write("build.rs", SCRIPT);
    let missing = package.refused();
    assert!(missing.contains("the migrations folder `migrations` cannot be read"), "{missing}");

    package.migration("20260101000000_first", "CREATE TABLE a(x);");
    assert_eq!(package.lines(), ["migrations/20260101000000_first.sql false"]);
    package.migration("20260102000000_second", "CREATE TABLE b(x);");
    package.write("migrations/20260103000000_theirs.postgres.sql", "of another engine");
    package.write("migrations/notes.md", "no migration");
    assert_eq!(
        package.lines(),
        ["migrations/20260101000000_first.sql false", "migrations/20260102000000_second.sql false"]
    );
    package.migration("20260101000000_first", "CREATE TABLE edited(x);");
    assert_eq!(package.lines()[0], "migrations/20260101000000_first.sql true");
    fs::remove_file(package.path("migrations/20260102000000_second.sql")).unwrap();
    assert_eq!(package.lines().len(), 1);

    package.write("migrations/second.sql", "");
    package.write(
        "migrations/20260104000000_fourth.sql",
        "-- revision: 20260105000000_fifth\n-- parents: 20250101000000_gone\n-- migrate:up\n",
    );
    let wrong = package.refused();
    for told in [
        "migrations/second.sql: this is no name of a migration file",
        "migrations/20260104000000_fourth.sql:1: the file is named 20260104000000_fourth and its header says 20260105000000_fifth",
        "migrations/20260104000000_fourth.sql:3: the file has no line `-- migrate:down`",
        "migrations/20260104000000_fourth.sql:2: its parent 20250101000000_gone is not in the folder",
    ] {
        assert!(wrong.contains(told), "`{told}` is not in:\n{wrong}");
    }
}
