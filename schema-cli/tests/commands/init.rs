use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::project::{Ended, Project, ended};

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

#[test]
fn a_dry_run_says_each_file_and_writes_none() {
    let project = Project::new();
    let before = project.bytes();
    let run = project.done("1", &["init", "shop", "--dry-run", "--json"]).json();
    let files: Vec<&str> =
        run["data"]["files"].as_array().unwrap().iter().filter_map(|file| file["path"].as_str()).collect();
    for file in ["Cargo.toml", ".cargo/config.toml", "models/src/lib.rs", "xtask/src/main.rs", "schema.toml"]
    {
        assert!(files.contains(&file), "{files:?}");
    }
    assert_eq!(project.bytes(), before);
}

#[test]
fn nothing_that_is_there_is_overwritten() {
    let project = Project::new();
    project.write("shop/Cargo.toml", "[workspace]\n# ours\nmembers = [\"server\"]\n");
    project.write("shop/schema.toml", "[app]\nurl = \"mine.db\"\n");
    project.write("shop/xtask/Cargo.toml", "[package]\nname = \"xtask\"\n");
    project.write("shop/xtask/src/main.rs", "fn main() {}\n");
    let said = project.done("1", &["init", "shop"]).stdout;
    let read = |name: &str| fs::read_to_string(project.path("shop").join(name)).unwrap();
    assert!(
        read("Cargo.toml")
            .starts_with("[workspace]\n# ours\nmembers = [\"server\", \"models\", \"xtask\"]\n")
    );
    assert_eq!(read("schema.toml"), "[app]\nurl = \"mine.db\"\n");
    assert_eq!(read("xtask/src/main.rs"), "fn main() {}\n");
    assert_eq!(read("xtask/Cargo.toml"), "[package]\nname = \"xtask\"\n");
    assert!(
        said.contains("Add to xtask/src/main.rs by hand:") && said.contains("schema_cli::Cli::new()"),
        "{said}"
    );

    let before = project.bytes();
    project.done("1", &["init", "shop"]);
    assert_eq!(project.bytes(), before);
}

#[test]
fn a_folder_that_is_no_crate_is_no_member_of_the_workspace() {
    for name in ["models", "xtask"] {
        let project = Project::new();
        project.write("shop/Cargo.toml", "[workspace]\nmembers = []\n");
        project.write(&format!("shop/{name}/notes.txt"), "nothing for cargo");
        let before = project.bytes();
        let refused = project.run("1", &["init", "shop"]);
        assert_eq!(refused.code, Some(2), "{}", refused.stderr);
        assert!(refused.stderr.contains(&format!("{name}/ is there, and is no crate")), "{}", refused.stderr);
        assert!(refused.stderr.contains("state: nothing was written"), "{}", refused.stderr);
        assert_eq!(project.bytes(), before);
    }
}

#[test]
fn the_folder_is_told_without_detours_and_crates_of_no_registry_are_told() {
    let project = Project::new();
    fs::create_dir(project.path("other")).unwrap();
    let run = project.run("1", &["init", "other/../shop"]);
    assert!(run.stdout.contains("/shop\n") && !run.stdout.contains(".."), "{}", run.stdout);
    assert!(run.stderr.contains("in no registry yet"), "{}", run.stderr);
    assert!(project.path("shop/models/Cargo.toml").is_file());
    // Nothing new names them, or a checkout does.
    assert!(!project.run("1", &["init", "shop"]).stderr.contains("registry"));
    let path = checkout();
    let run = project.run("1", &["init", "second", "--framework-path", path.to_str().unwrap()]);
    assert!(run.code == Some(0) && !run.stderr.contains("registry"), "{}", run.stderr);
}

#[test]
fn what_cannot_be_written_is_refused_before_anything_is() {
    let project = Project::new();
    project.write("file", "not a folder");
    for arguments in [["init", "file"], ["init", "--name=my-app"], ["init", "--framework-path=nowhere"]] {
        let ended = project.run("1", &arguments);
        assert!(ended.code == Some(2) || ended.code == Some(1), "{}", ended.stderr);
        assert!(ended.stderr.contains("state: nothing was written"), "{}", ended.stderr);
    }
    assert!(!project.path("models").exists());
}

#[test]
fn pulled_models_take_the_place_of_the_first_one_and_the_migrations_stay_embedded() {
    let project = Project::new();
    project.done("1", &["init", "shop"]);
    project
        .open("shop/data/app.db")
        .execute_batch(
            "CREATE TABLE books(id INTEGER PRIMARY KEY, title TEXT); INSERT INTO books VALUES (1, 'Dune')",
        )
        .unwrap();
    let pull = || {
        let output = project.command("1", &["pull"]).current_dir(project.path("shop")).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        fs::read_to_string(project.path("shop/models/src/lib.rs")).unwrap()
    };
    let pulled = pull();
    assert!(pulled.contains("Book;") && !pulled.contains("Note"), "{pulled}");
    assert!(pulled.contains("schema_migrate::embed_migrations! { App, \"../migrations\" }"), "{pulled}");
    assert_eq!(pull(), pulled, "a second one has nothing to write");
}

const START: &str = r#"
use schema_core::Db;
use schema_migrate::Migrator;
use shop_models::{App, NewNote, NoteRepository};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let db = Db::<App>::open("sqlite:data/started.db")?;
    let migrator = Migrator::<App>::embedded();
    let (first, then) = (migrator.run(&db)?, migrator.run(&db)?);
    NoteRepository::new(&db).insert(NewNote { title: "milk".into() })?;
    let notes = NoteRepository::new(&db).query().count(&db)?;
    println!("{} applied, then {}; {notes} note", first.revisions.len(), then.revisions.len());
    Ok(())
}
"#;

/// The commands with a seed function, as the documentation has it.
const SEEDING: &str = r#"
use schema_core::Tx;
use shop_models::{App, NewNote, NoteRepository};

fn seed(tx: &Tx<'_, App>, progress: &mut schema_cli::SeedProgress<'_>) -> schema_core::Result<()> {
    NoteRepository::new(tx).insert(NewNote { title: "bread".into() })?;
    progress.at("notes", 1, 1);
    Ok(())
}

fn main() -> std::process::ExitCode {
    schema_cli::Cli::new().schema::<App>().seed::<App>(seed).run()
}
"#;

/// Builds the project that `db-init` wrote, with this checkout's lock file. What cargo keeps of a
/// build it shares with this workspace (`build.build-dir`, where cargo has it), so that nothing but
/// the framework's own crates is compiled again; the programs go to a folder of their own.
#[test]
fn a_new_project_builds_generates_and_migrates() {
    let project = Project::new();
    project.done("1", &["init", "shop", "--framework-path", checkout().to_str().unwrap()]);
    fs::copy(checkout().join("Cargo.lock"), project.path("shop/Cargo.lock")).unwrap();

    project.write("shop/xtask/src/main.rs", SEEDING);

    let cargo = |arguments: &[&str]| -> Ended {
        let own = env::current_exe().unwrap();
        let target = own.ancestors().nth(3).unwrap();
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command
            .current_dir(project.path("shop"))
            .args(arguments)
            .env("CARGO_TARGET_DIR", target.join("db-init"))
            .env("CARGO_BUILD_BUILD_DIR", target)
            .env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only")
            .env_remove("DATABASE_URL");
        ended(&command.output().unwrap())
    };
    let xtask = |arguments: &[&str]| cargo(&[&["xtask"], arguments].concat());
    let generated = xtask(&["db-generate", "initial"]);
    assert_eq!(generated.code, Some(0), "{}", generated.stderr);
    assert!(generated.stdout.contains("Next      cargo xtask db-migrate"), "{}", generated.stdout);
    let migrated = xtask(&["db-migrate", "--json"]);
    assert_eq!(migrated.code, Some(0), "{}\n{}", migrated.stdout, migrated.stderr);
    let checked: Value = xtask(&["db-check", "--json"]).json();
    assert_eq!(checked["exit"], 0, "{checked}");
    let notes: i64 = schema_core::rusqlite::Connection::open(project.path("shop/data/app.db"))
        .unwrap()
        .query_row("SELECT count(*) FROM pragma_table_info('notes')", [], |row| row.get(0))
        .unwrap();
    assert_eq!(notes, 5);

    let seeded = xtask(&["db-seed"]);
    assert_eq!(seeded.code, Some(0), "{}\n{}", seeded.stdout, seeded.stderr);

    // A program of the project makes its own database when it starts, and its tests have one.
    project.write("shop/models/examples/start.rs", START);
    let started = cargo(&["run", "--quiet", "-p", "shop-models", "--example", "start"]);
    assert_eq!(started.code, Some(0), "{}", started.stderr);
    assert_eq!(started.stdout.trim(), "1 applied, then 0; 1 note");
    let tested = cargo(&["test", "--quiet", "-p", "shop-models", "--lib"]);
    assert_eq!(tested.code, Some(0), "{}\n{}", tested.stdout, tested.stderr);
    assert!(tested.stdout.contains("1 passed"), "{}", tested.stdout);
}
