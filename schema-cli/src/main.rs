//! The commands that need no models: `schema db-init` starts a project, `schema db-diff` compares databases.

fn main() -> std::process::ExitCode {
    schema_cli::Cli::new().called_as("schema db-").run()
}
