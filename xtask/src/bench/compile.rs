use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Models of the generated crate; twelve columns each.
const MODELS: usize = 100;

/// Turns of each measurement; the median counts.
const TURNS: usize = 3;

/// Times cargo on a generated crate whose dependencies are built.
pub(super) fn run() -> Result<(), String> {
    let folder = crate::root().join("target/bench-compile");
    write_crate(&folder)?;
    eprintln!("Building the dependencies of a crate of {MODELS} models..");
    cargo(&folder, "check")?;
    cargo(&folder, "build")?;

    println!("{MODELS} models of 12 columns, a repository call and two typed queries each");
    println!("{:<34} {:>10} {:>10}", "", "here", "aim");
    let mut peak = 0;
    let clean_check = measure(&folder, "check", &mut peak, clean)?;
    println!("{:<34} {clean_check:>8.2} s {:>10}", "clean check", "2.5 s");
    let mut line = 0;
    let changed = measure(&folder, "check", &mut peak, |folder| {
        line += 1;
        change_one_line(folder, line)
    })?;
    println!("{:<34} {changed:>8.2} s {:>10}", "check after one changed line", "1.0 s");
    let build = measure(&folder, "build", &mut peak, clean)?;
    println!("{:<34} {build:>8.2} s {:>10}", "clean debug build", "6 s");
    match peak {
        0 => println!("{:<34} {:>10} {:>10}", "peak memory of rustc", "unknown", "500 MB"),
        peak => println!("{:<34} {:>7} MB {:>10}", "peak memory of rustc", peak / 1000, "500 MB"),
    }
    println!("Medians of {TURNS} turns, dependencies built.");
    Ok(())
}

fn measure(
    folder: &Path,
    command: &str,
    peak: &mut u64,
    mut before: impl FnMut(&Path) -> Result<(), String>,
) -> Result<f64, String> {
    let mut times = Vec::new();
    for _ in 0..TURNS {
        before(folder)?;
        let start = Instant::now();
        *peak = cargo(folder, command)?.max(*peak);
        times.push(start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() / 2])
}

fn clean(folder: &Path) -> Result<(), String> {
    super::finish(command(folder).args(["clean", "--quiet", "--package", "bench-compile"]))
}

fn change_one_line(folder: &Path, turn: usize) -> Result<(), String> {
    let path = folder.join("src/model_50.rs");
    let source = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let changed: Vec<String> = source
        .lines()
        .map(|line| match line.contains("pages.gt(") {
            true => format!("        .filter(|(b, _)| b.pages.gt({turn}))"),
            false => line.to_owned(),
        })
        .collect();
    write(&path, &changed.join("\n"))
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // Dependencies are shared with this workspace, whose lock file the crate has a copy of.
    command.current_dir(folder).env("CARGO_TARGET_DIR", crate::root().join("target"));
    command
}

/// Runs cargo to its end; the largest resident size of a rustc that ran meanwhile, in kB, where the
/// system tells.
fn cargo(folder: &Path, subcommand: &str) -> Result<u64, String> {
    let mut child = command(folder)
        .args([subcommand, "--quiet"])
        .stdin(Stdio::null())
        .spawn()
        .map_err(|error| format!("cargo did not start: {error}"))?;
    let peak = watch(&mut child)?;
    let status = child.wait().map_err(|error| error.to_string())?;
    if status.success() { Ok(peak) } else { Err(format!("cargo {subcommand} of the generated crate failed")) }
}

fn watch(child: &mut Child) -> Result<u64, String> {
    let mut peak = 0;
    while child.try_wait().map_err(|error| error.to_string())?.is_none() {
        peak = resident_rustc().max(peak);
        thread::sleep(Duration::from_millis(10));
    }
    Ok(peak)
}

/// The largest peak of a running rustc. <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>
fn resident_rustc() -> u64 {
    let Ok(processes) = fs::read_dir("/proc") else { return 0 };
    let peaks = processes.flatten().filter_map(|process| {
        let status = fs::read_to_string(process.path().join("status")).ok()?;
        let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        if field("Name:")? != "rustc" {
            return None;
        }
        field("VmHWM:")?.split_whitespace().next()?.parse().ok()
    });
    peaks.max().unwrap_or(0)
}

fn write_crate(folder: &Path) -> Result<(), String> {
    let core = crate::root().join("schema-core");
    let manifest = format!(
        "[package]\nname = \"bench-compile\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [workspace]\n\n[dependencies]\nschema-core = {{ path = {:?} }}\n\n\
         [profile.dev]\ndebug = \"line-tables-only\"\n\n\
         [profile.dev.package.libsqlite3-sys]\nopt-level = 3\n",
        core.display().to_string()
    );
    let mut main = String::from("#![allow(dead_code)]\nfn main() {}\n");
    let mut tables = Vec::new();
    for number in 0..MODELS {
        let _ = writeln!(main, "mod model_{number};");
        tables.push(format!("model_{number}::Book{number}"));
        write(&folder.join(format!("src/model_{number}.rs")), &model(number))?;
    }
    let _ = writeln!(main, "schema_core::schema! {{\n    pub(crate) Library {{ {} }}\n}}", tables.join(", "));
    write(&folder.join("src/main.rs"), &main)?;
    write(&folder.join("Cargo.toml"), &manifest)?;
    let lock = crate::root().join("Cargo.lock");
    fs::copy(&lock, folder.join("Cargo.lock")).map_err(|error| format!("{}: {error}", lock.display()))?;
    Ok(())
}

fn model(number: usize) -> String {
    let parent = (number + 1) % MODELS;
    format!(
        "use schema_core::{{Db, Result, Table}};
use crate::{{Library, model_{parent}::Book{parent}}};

#[derive(Table, Clone, Debug)]
#[table(name = \"books_{number}\")]
pub(crate) struct Book{number} {{
    #[column(primary_key)]
    pub(crate) id: i64,
    #[column(unique)]
    pub(crate) isbn: String,
    pub(crate) title: String,
    #[column(references = Book{parent})]
    pub(crate) parent_id: Option<i64>,
    #[column(default = 0)]
    pub(crate) pages: i64,
    pub(crate) price: f64,
    pub(crate) language: String,
    pub(crate) subject: Option<String>,
    #[column(default = true)]
    pub(crate) available: bool,
    pub(crate) year: i64,
    pub(crate) rating: Option<f64>,
    pub(crate) note: Option<String>,
}}

pub(crate) fn rename(db: &Db<Library>, id: i64) -> Result<Book{number}> {{
    let books = Book{number}Repository::new(db);
    books.update(id, |b| (b.title.set(\"Dune\"), b.pages.set(b.pages + 1)))?;
    books.get(id)
}}

pub(crate) fn long(db: &Db<Library>, author: &str) -> Result<Vec<Book{number}>> {{
    Book{number}::query().filter(|b| b.title.contains(author).and(b.year.ge(1900))).order_by(|b| b.id.asc()).all(db)
}}

pub(crate) fn with_parent(db: &Db<Library>) -> Result<Vec<(String, Option<String>)>> {{
    Book{number}::query()
        .left_join::<Book{parent}>(|b, p| p.id.eq(b.parent_id))
        .filter(|(b, _)| b.pages.gt(900))
        .select(|(b, p)| (b.title, p.title))
        .limit(20)
        .all(db)
}}
"
    )
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    let folder = path.parent().map_or_else(PathBuf::new, Path::to_path_buf);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    // An unchanged file keeps its time, so that cargo has nothing to do for it.
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}
