//! The cases of a file: read, run and compared.

use std::{env, fmt::Write as _, fs, path::PathBuf};

use crate::{normal::Normal, project::Project};

const BEGIN: &str = "```console ";
const END: &str = "```";

/// Runs every case of a file and compares what is said with what the file says.
pub(crate) fn check(file: &str) {
    let path = folder().join(file);
    let expected = fs::read_to_string(&path).unwrap();
    let said = play(&expected);
    if said == expected {
        return;
    }
    if env::var("OUTPUT").is_ok_and(|wish| wish == "overwrite") {
        fs::write(&path, said).unwrap();
        return;
    }
    panic!(
        "commands/{file} says something else; OUTPUT=overwrite takes what is said now\n{}",
        difference(&expected, &said)
    );
}

/// The names of all files of cases.
pub(crate) fn files() -> Vec<String> {
    let entries = fs::read_dir(folder()).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/output/commands")
}

/// The file as it would be if what is said now were right.
fn play(text: &str) -> String {
    let mut played = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let _ = writeln!(played, "{line}");
        if let Some(project) = line.strip_prefix(BEGIN) {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != END).collect();
            played.push_str(&transcript(&Project::named(project), &block));
            let _ = writeln!(played, "{END}");
        }
    }
    played
}

fn transcript(project: &Project, block: &[&str]) -> String {
    let mut normal = Normal::of(project.path());
    let mut said = String::new();
    let mut lines = block.iter().peekable();
    while let Some(line) = lines.next() {
        let Some(first) = line.strip_prefix("$ ") else { continue };
        let mut command = first.to_owned();
        let _ = writeln!(said, "{line}");
        while let Some(line) = lines.next_if(|line| line.starts_with("> ")) {
            let _ = writeln!(said, "{line}");
            command = command + "\n" + &line[2..];
        }
        let output = project.run(&command);
        for (bytes, mark) in [(&output.stdout, ""), (&output.stderr, "! ")] {
            let text = normal.text(&String::from_utf8_lossy(bytes), project.path());
            for line in text.lines() {
                let _ = writeln!(said, "{}", format!("{mark}{line}").trim_end());
            }
        }
        match output.status.code() {
            Some(0) => {}
            Some(code) => {
                let _ = writeln!(said, "? {code}");
            }
            None => said.push_str("? killed\n"),
        }
    }
    said
}

/// The lines that differ, under the headings of their cases.
fn difference(expected: &str, said: &str) -> String {
    let cases = |text: &str| text.split("\n## ").map(str::to_owned).collect::<Vec<_>>();
    let mut told = String::new();
    for (expected, said) in cases(expected).iter().zip(&cases(said)) {
        if expected == said {
            continue;
        }
        let (expected, said): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), said.lines().collect());
        let same = expected.iter().zip(&said).take_while(|(expected, said)| expected == said).count();
        let tail = expected.iter().rev().zip(said.iter().rev());
        let room = expected.len().min(said.len()) - same;
        let behind = tail.take(room).take_while(|(expected, said)| expected == said).count();
        let _ = writeln!(told, "## {}", said.first().unwrap_or(&""));
        for (lines, mark) in [(&expected, '-'), (&said, '+')] {
            for line in &lines[same..lines.len() - behind] {
                let _ = writeln!(told, "{mark}{line}");
            }
        }
    }
    told
}
