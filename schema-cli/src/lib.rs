//! The `db-*` commands: arguments, questions, progress, tables and JSON over `schema-migrate`.
//!
//! A project's `xtask` is one line:
//!
//! ```no_run
//! # mod my_app { #[derive(Debug)] pub struct App; impl schema_core::Schema for App {
//! #     const DEF: &'static schema_core::model::SchemaDef = &schema_core::model::SchemaDef::EMPTY; } }
//! fn main() -> std::process::ExitCode {
//!     schema_cli::Cli::new().schema::<my_app::App>().run()
//! }
//! ```
//!
//! The same value serves a program that ships without cargo, `my-app db status`:
//!
//! ```no_run
//! # mod my_app { #[derive(Debug)] pub struct App; impl schema_core::Schema for App {
//! #     const DEF: &'static schema_core::model::SchemaDef = &schema_core::model::SchemaDef::EMPTY; } }
//! fn main() -> std::process::ExitCode {
//!     let arguments: Vec<_> = std::env::args_os().skip(1).collect();
//!     if arguments.first().is_some_and(|first| first == "db") {
//!         return schema_cli::Cli::new().schema::<my_app::App>().called_as("my-app db ").run_with(arguments);
//!     }
//!     // the program itself
//!     std::process::ExitCode::SUCCESS
//! }
//! ```

mod arguments;
mod call;
mod cli;
mod commands;
mod init;
mod interrupt;
mod output;
mod present;
mod progress;
mod question;
mod registry;
mod seed;
mod settings;
mod source;

pub use cli::Cli;
pub use seed::SeedProgress;
