//! Mistakes that a person makes, each with the compiler's answer.

use std::process::Command;

/// The compiler whose messages stand in `ui/`: others word them differently.
const WRITTEN_BY: &str = "rustc 1.95.0";

#[test]
fn every_mistake_gets_a_message_that_says_what_to_write() {
    let compiler = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version = Command::new(compiler).arg("--version").output().expect("the compiler runs").stdout;
    let version = String::from_utf8_lossy(&version).into_owned();
    if !version.starts_with(WRITTEN_BY) {
        println!("skipped: the messages were written by {WRITTEN_BY}, this is {version}");
        return;
    }
    trybuild::TestCases::new().compile_fail("ui/*/*.rs");
}
