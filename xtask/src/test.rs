use std::{
    env,
    ffi::{OsStr, OsString},
    process::{Command, ExitCode},
    time::Instant,
};

/// Runs all tests of the workspace, documentation included; arguments go to `cargo test`.
///
/// Cargo goes on after a failure, so that one run tells everything.
pub(crate) fn run(arguments: &[OsString]) -> ExitCode {
    let started = Instant::now();
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(&cargo);
    command.args(["test", "--workspace", "--no-fail-fast"]).args(arguments);
    let status = match command.status() {
        Ok(status) => status,
        Err(error) => {
            eprintln!("error: {} cannot be run: {error}", cargo.display());
            return ExitCode::FAILURE;
        }
    };
    let seconds = started.elapsed().as_secs();
    let called = [OsStr::new("cargo test --workspace --no-fail-fast")]
        .into_iter()
        .chain(arguments.iter().map(OsString::as_os_str))
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ");
    if status.success() {
        println!("all tests passed in {seconds} s ({called})");
        ExitCode::SUCCESS
    } else {
        println!("TESTS FAILED after {seconds} s: see the lists of failures above ({called})");
        ExitCode::FAILURE
    }
}
