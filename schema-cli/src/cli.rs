use std::{
    env,
    ffi::{OsStr, OsString},
    fmt::Write as _,
    path::Path,
    process::ExitCode,
    time::Instant,
};

use clap::error::ErrorKind as ClapErrorKind;
use schema_core::{Schema, Tx, query::AsSql};
use schema_migrate::{Error, nearest::nearest, rust_step::RustStep};
use serde_json::{Value, json};

use crate::{
    call::Caller,
    commands::{self, Command, Context},
    interrupt,
    output::{Envelope, Screen, Verbosity, shortened},
    registry::{Registered, RegisteredQuery},
    seed::{Seed, SeedProgress},
};

/// The `db-*` commands over a program's schemas.
#[derive(Clone, Debug, Default)]
pub struct Cli {
    schemas: Vec<Registered>,
    called_as: Option<String>,
}

impl Cli {
    /// Commands without a schema, which can compare databases and start projects.
    pub fn new() -> Self {
        Self::default()
    }

    /// Registers a schema. Its name in `schema.toml` and in `--schema` is the type's name in snake case.
    #[must_use]
    pub fn schema<S: Schema>(mut self) -> Self {
        self.schemas.push(Registered::of::<S>());
        self
    }

    /// Registers a Rust step of a migration, a function with `#[migration("..")]`, for the schema that was
    /// registered last.
    ///
    /// # Panics
    /// No schema is registered yet: the step would belong to none.
    #[must_use]
    pub fn step(mut self, step: RustStep) -> Self {
        let Some(schema) = self.schemas.last_mut() else {
            panic!("`.step({})` stands behind the `.schema::<..>()` whose migration it is", step.name)
        };
        schema.steps.push(step);
        self
    }

    /// Registers what fills a schema's database for development: `db-seed` and `db-refresh` run it, in one
    /// transaction. It may run again on a database that it has filled, so it writes by upsert or looks
    /// first.
    ///
    /// # Panics
    /// The schema is not registered yet.
    #[must_use]
    pub fn seed<S: Schema>(
        mut self,
        function: fn(&Tx<'_, S>, &mut SeedProgress<'_>) -> schema_core::Result<()>,
    ) -> Self {
        let name = Registered::of::<S>().name;
        let Some(schema) = self.schemas.iter_mut().find(|schema| schema.name == name) else {
            panic!("`.seed::<{0}>(..)` stands behind `.schema::<{0}>()`", S::DEF.name)
        };
        schema.seed = Some(Seed::of(function));
        self
    }

    /// Registers a query of the application under a name, for the schema that was registered last: `db-advise` reads
    /// its plan on the live database and says what would make it faster. It is written, and never run.
    ///
    /// ```
    /// # use schema_core::Table;
    /// # #[derive(Table, Clone, Debug)] pub struct Book { #[column(primary_key)] pub id: i64, pub title: String }
    /// # schema_core::schema! { pub Library { Book } }
    /// schema_cli::Cli::new()
    ///     .schema::<Library>()
    ///     .query("a book by its title", || Book::query().filter(|b| b.title.eq("Dune")));
    /// ```
    ///
    /// # Panics
    /// No schema is registered yet: the query would belong to none.
    #[must_use]
    pub fn query<Q: AsSql>(
        mut self,
        name: impl Into<String>,
        query: impl Fn() -> Q + Send + Sync + 'static,
    ) -> Self {
        let name = name.into();
        let Some(schema) = self.schemas.last_mut() else {
            panic!("`.query({name:?}, ..)` stands behind the `.schema::<..>()` whose tables it reads")
        };
        schema.queries.push(RegisteredQuery::of(name, query));
        self
    }

    /// What stands before a command's own word when a person calls it, printed in every "next" line:
    /// `cargo xtask db-` or `my-app db `.
    ///
    /// The default is `cargo xtask db-` in a binary named `xtask`, and else the binary's name and ` db `.
    #[must_use]
    pub fn called_as(mut self, words: impl Into<String>) -> Self {
        self.called_as = Some(words.into());
        self
    }

    /// Runs the command that the program's own arguments name.
    pub fn run(self) -> ExitCode {
        self.run_with(env::args_os().skip(1))
    }

    /// Runs the command that these arguments name: `db-status --json`, or `db status --json`.
    pub fn run_with<A: Into<OsString>>(self, arguments: impl IntoIterator<Item = A>) -> ExitCode {
        let arguments: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
        ExitCode::from(self.dispatch(&arguments))
    }

    fn dispatch(&self, arguments: &[OsString]) -> u8 {
        let arguments = match arguments {
            [first, rest @ ..] if first == "db" => rest,
            all => all,
        };
        let json =
            arguments.iter().take_while(|argument| *argument != "--").any(|argument| argument == "--json");
        let screen = Screen::new(json, Verbosity::Normal);
        let first = arguments.first().map(OsString::as_os_str);
        let first = first.map(|first| if first == "db-help" { OsStr::new("help") } else { first });
        if first.is_none_or(|first| ["help", "-h", "--help"].iter().any(|help| first == *help)) {
            screen.result(self.overview());
            // Without a command nothing was done, and a script should notice.
            return if first.is_none() { 2 } else { 0 };
        }
        let word = first.map(OsStr::to_string_lossy).unwrap_or_default();
        let word = word.strip_prefix("db-").unwrap_or(&word);
        let caller = Caller::new(self.prefix());
        match commands::ALL.iter().find(|command| command.name == word) {
            Some(command) => self.run_command(command, &arguments[1..], &screen),
            None => fail(&caller, &screen, &format!("db-{word}"), Instant::now(), &self.unknown(word)),
        }
    }

    fn run_command(&self, command: &Command, arguments: &[OsString], screen: &Screen) -> u8 {
        let started = Instant::now();
        let name = format!("db-{}", command.name);
        let caller = Caller::new(self.prefix());
        let called = format!("{}{}", self.prefix(), command.name);
        let parser = (command.arguments)(clap::Command::new(command.name).bin_name(called.clone()))
            .no_binary_name(true)
            .after_help(format!("Example:\n  {}{}", self.prefix(), command.example));
        let matches = match parser.try_get_matches_from(arguments) {
            Ok(matches) => matches,
            Err(error)
                if matches!(error.kind(), ClapErrorKind::DisplayHelp | ClapErrorKind::DisplayVersion) =>
            {
                if screen.is_json() {
                    screen.json(&json!({
                        "version": 1, "command": name, "ok": true, "exit": 0, "ms": 0,
                        "data": { "help": error.render().to_string() }, "warnings": [], "error": null
                    }));
                } else {
                    screen.result(error.render().ansi());
                }
                return 0;
            }
            Err(error) => return fail(&caller, screen, &name, started, &usage(&error, &name)),
        };
        let caller = caller.with_flags(&matches);
        // Two databases of anybody's have no status.
        let status = match name.as_str() {
            "db-diff" => "run the command again".to_owned(),
            _ => caller.call("status"),
        };
        let context = match Context::new(self, caller.clone(), &matches, &status) {
            Ok(context) => context,
            Err(error) => return fail(&caller, screen, &name, started, &error),
        };
        let screen = context.screen();
        let interrupted = Envelope::interrupted(&name, interrupt::STATE, &status);
        context
            .signals()
            .watch(screen.is_json().then(|| screen.json_text(&interrupted).unwrap_or_default()), status);
        match (command.run)(&context, &matches) {
            Ok(mut outcome) => {
                for warning in &mut outcome.warnings {
                    *warning = shortened(warning);
                    screen.warning(&warning);
                }
                outcome.error = outcome.error.take().map(|error| caller.told(&context.with_way_back(error)));
                if screen.is_json() {
                    screen.json(&Envelope::outcome(&name, started.elapsed(), &outcome));
                } else if let Some(error) = &outcome.error {
                    screen.error(error);
                }
                outcome.exit
            }
            Err(error) => fail(&caller, screen, &name, started, &context.with_way_back(error)),
        }
    }

    pub(crate) fn schemas(&self) -> &[Registered] {
        &self.schemas
    }

    /// What stands before a command's own word.
    pub(crate) fn prefix(&self) -> String {
        self.called_as.clone().unwrap_or_else(|| {
            let own = env::args_os().next().unwrap_or_default();
            match Path::new(&own).file_stem().map(OsStr::to_string_lossy) {
                Some(name) if name == "xtask" => "cargo xtask db-".to_owned(),
                Some(name) if !name.is_empty() => format!("{name} db "),
                _ => "db-".to_owned(),
            }
        })
    }

    fn unknown(&self, word: &str) -> Error {
        let error = Error::usage(format!("there is no command `{}{word}`", self.prefix()))
            .state("nothing was changed");
        let error = match nearest(word, commands::ALL.iter().map(|command| command.name)) {
            Some(meant) => error.next(format!("db-{meant}")),
            None => error,
        };
        error.next("db-help (lists them)")
    }

    fn overview(&self) -> String {
        let prefix = self.prefix();
        let mut text = String::from("Commands over the database and its migrations:\n");
        let width = commands::ALL.iter().map(|command| command.name.len()).max().unwrap_or(0) + prefix.len();
        for command in commands::ALL {
            let called = format!("{prefix}{}", command.name);
            let _ = write!(text, "\n  {called:<width$}   {}", command.about);
        }
        let names: Vec<&str> = self.schemas.iter().map(|schema| schema.name.as_str()).collect();
        if !names.is_empty() {
            let _ = write!(text, "\n\nSchemas: {}", names.join(", "));
        }
        text + &format!("\n\nEach takes --help, --json, -q and -v: {prefix}status --help")
    }
}

fn fail(caller: &Caller, screen: &Screen, command: &str, started: Instant, error: &Error) -> u8 {
    let error = caller.told(error);
    if screen.is_json() {
        screen.json(&Envelope::error(command, started.elapsed(), &error, &Value::Null));
    } else {
        screen.error(&error);
    }
    error.kind().exit_code()
}

/// What clap says, in the words of every other error.
fn usage(error: &clap::Error, name: &str) -> Error {
    let text = error.render().to_string();
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let what =
        lines.next().unwrap_or_default().trim_start_matches("error: ").trim_end_matches(':').to_owned();
    let why: Vec<&str> = lines
        .map(|line| line.trim().trim_start_matches("tip: "))
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"))
        .collect();
    let usage = Error::usage(what).state("nothing was changed").next(format!("{name} --help"));
    if why.is_empty() { usage } else { usage.why(why.join("\n")) }
}
