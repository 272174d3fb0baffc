use std::{
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::LazyLock,
};

use tempfile::TempDir;

use crate::databases::{self, ALL, Change, Database};

/// Every database, its pulled models in one crate, and two releases of its program.
#[derive(Debug)]
pub(crate) struct Adopted {
    folder: TempDir,
}

/// Built once for all tests: compiling is what takes the time.
pub(crate) static ADOPTED: LazyLock<Adopted> = LazyLock::new(Adopted::build);

impl Adopted {
    fn build() -> Self {
        let adopted = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir_all(adopted.path("data")).unwrap();
        let mut settings = String::from("default = \"calibre\"\n");
        for Database { name, schema, flags, .. } in ALL {
            let file = adopted.path(&format!("data/{name}.db"));
            databases::build(name, &file);
            let out = format!("src/{name}");
            let url = format!("data/{name}.db");
            let mut arguments = vec!["db-pull", "--url", &url, "--out", &out, "--name", schema, "--json"];
            arguments.extend(*flags);
            let pulled = adopted.schema(&arguments);
            assert!(pulled.status.success(), "{name}: {}", text(&pulled));
            writeln!(settings, "[{name}]\nurl = \"sqlite:{url}\"\nmigrations = \"migrations/{name}\"")
                .unwrap();
        }
        adopted.write("schema.toml", &settings);
        adopted.write("Cargo.toml", &manifest());
        adopted.write("src/lib.rs", &library());
        adopted.write("src/main.rs", &program());
        fs::copy(checkout().join("Cargo.lock"), adopted.path("Cargo.lock")).unwrap();
        adopted.compile("first");
        for database in ALL {
            adopted.change(database);
        }
        adopted.compile("second");
        adopted
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// The binary without models.
    pub(crate) fn schema(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_schema"));
        command
            .current_dir(self.folder.path())
            .args(arguments)
            .env_remove("DATABASE_URL")
            .stdin(Stdio::null());
        command.output().unwrap()
    }

    /// A release of the program with the models.
    pub(crate) fn run(&self, release: &str, arguments: &[&str]) -> Output {
        self.run_in(self.folder.path(), release, arguments)
    }

    /// The same with another project.
    pub(crate) fn run_in(&self, folder: &Path, release: &str, arguments: &[&str]) -> Output {
        let mut command = Command::new(self.path(release));
        command.current_dir(folder).arg("db").args(arguments).env_remove("DATABASE_URL");
        command.stdin(Stdio::null()).output().unwrap()
    }

    /// Cargo with this workspace's builds: nothing but the crate itself is compiled again.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command
            .current_dir(self.folder.path())
            .args(arguments)
            .env("CARGO_TARGET_DIR", target().join("adoption"))
            .env("CARGO_BUILD_BUILD_DIR", target())
            .env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only");
        command.output().unwrap()
    }

    fn compile(&self, release: &str) {
        let built = self.cargo(&["build", "--offline", "--quiet"]);
        assert!(built.status.success(), "{}", text(&built));
        let program = target().join("adoption/debug/adopted").with_extension(env::consts::EXE_EXTENSION);
        fs::copy(program, self.path(release)).unwrap();
    }

    /// The next release of the application wants something else of a model.
    fn change(&self, database: &Database) {
        let (model, change) = database.change;
        let path = self.path(&format!("src/{}/{model}.rs", database.name));
        let source = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let (before, after) = source.split_once("pub struct ").unwrap();
        let changed = match change {
            Change::Column => {
                let field = "    /// Added later.\n    #[column(name = \"added later\")]\n    pub added_later: Option<String>,\n}\n";
                format!("{before}pub struct {}", after.replacen("}\n", field, 1))
            }
            Change::Index(column) => {
                format!("{before}#[table(index({column}, name = \"added later\"))]\npub struct {after}")
            }
        };
        fs::write(path, changed).unwrap();
    }
}

pub(crate) fn text(output: &Output) -> String {
    format!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

fn target() -> PathBuf {
    env::current_exe().unwrap().ancestors().nth(3).unwrap().to_path_buf()
}

fn manifest() -> String {
    let checkout = checkout().display().to_string().replace('\\', "/");
    format!(
        "[package]\nname = \"adopted\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         schema-core = {{ path = \"{checkout}/schema-core\" }}\nschema-cli = {{ path = \"{checkout}/schema-cli\" }}\n\
         time = \"0.3\"\n\n\
         [profile.dev.package.libsqlite3-sys]\nopt-level = 3\n\n[lints.rust]\nmissing_docs = \"warn\"\n\
         unreachable_pub = \"warn\"\n\n[workspace]\n"
    )
}

/// The models as a library, which `missing_docs` looks at.
fn library() -> String {
    let mut library = String::from("//! Programs that were there before.\n\n");
    for Database { name, .. } in ALL {
        writeln!(library, "pub mod {name};").unwrap();
    }
    library
}

fn program() -> String {
    let mut program = String::from(
        "//! Their commands.\n\nfn main() -> std::process::ExitCode {\n    schema_cli::Cli::new()\n",
    );
    for Database { name, schema, .. } in ALL {
        writeln!(program, "        .schema::<adopted::{name}::{schema}>()").unwrap();
    }
    program + "        .run()\n}\n"
}
