//! The README's first command.
#![allow(missing_docs)]

use std::process::Command;

fn demo(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask")).arg("demo").args(arguments).output().unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn the_demonstration_runs_to_its_end_and_shows_that_no_row_was_lost() {
    let (code, told) = demo(&[]);
    assert_eq!(code, Some(0), "{told}");
    let logs = told.lines().find(|line| line.starts_with("progress_logs ")).unwrap();
    let rows: usize = logs.split_whitespace().nth(1).unwrap().parse().unwrap();
    assert!(rows >= 50_000, "{logs}");
    for line in ["integrity_check    ok", "foreign_key_check  0 violations", "What to try next"] {
        assert!(told.contains(line), "{line} is missing in\n{told}");
    }
    assert!(!told.contains("unexpected:"), "{told}");
}

#[test]
fn an_unknown_flag_is_answered_with_help_and_2() {
    let (code, told) = demo(&["--nonsense"]);
    assert_eq!(code, Some(2));
    assert!(told.contains("Usage: cargo xtask demo"), "{told}");
}
