use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use super::{cargo, finish};

/// Builds the C program with the very SQLite library that the framework links, and runs both in turns.
pub(super) fn run() -> Result<(), String> {
    eprintln!("Building the framework and the C program, optimised..");
    let Sqlite { library, header } = build()?;
    let root = crate::root();
    let program = library.join("bench-raw");
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let mut compile = Command::new(compiler);
    compile.args(["-O3", "-o"]).arg(&program).arg("-I").arg(&header).arg(root.join("bench/raw/raw.c"));
    compile.arg(library.join("libsqlite3.a")).args(["-lpthread", "-ldl", "-lm"]);
    finish(&mut compile)?;
    finish(
        cargo()
            .args(["run", "--quiet", "--release", "--package", "bench", "--bin", "bench-speed", "--"])
            .arg(&program),
    )
}

/// Folders of the SQLite library that the framework links, and of its header.
struct Sqlite {
    library: PathBuf,
    header: PathBuf,
}

fn build() -> Result<Sqlite, String> {
    let arguments = ["build", "--release", "--package", "bench", "--message-format", "json"];
    let output = cargo()
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo did not start: {error}"))?;
    if !output.status.success() {
        return Err("the benchmark does not build".to_owned());
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let mut library = None;
    let mut header = None;
    for line in messages.lines() {
        let Ok(message) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        if !message["package_id"].as_str().is_some_and(|id| id.contains("libsqlite3-sys")) {
            continue;
        }
        let path = |key: &str| message[key].as_str().map(PathBuf::from);
        library = library.or_else(|| path("out_dir").filter(|folder| folder.join("libsqlite3.a").is_file()));
        header = header.or_else(|| {
            let folder = path("manifest_path")?.parent()?.join("sqlite3");
            folder.join("sqlite3.h").is_file().then_some(folder)
        });
    }
    match (library, header) {
        (Some(library), Some(header)) => Ok(Sqlite { library, header }),
        _ => {
            Err("the build of libsqlite3-sys left no library and header to link the C program with"
                .to_owned())
        }
    }
}
