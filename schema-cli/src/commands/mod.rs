//! One file a command: it asks the library, shows what it says and gives it as JSON.

mod adopt;
mod advise;
mod backup;
mod check;
mod clean;
mod clear;
mod context;
mod development;
mod diff;
mod each;
mod generate;
mod heads;
mod health;
mod history;
mod init;
mod list_backups;
mod live;
mod merge;
mod migrate;
mod planned;
mod pull;
mod push;
mod rehearse;
mod report;
mod reset;
mod restore;
mod rollback;
mod script;
mod seed;
mod side;
mod squash;
mod stamp;
mod status;
mod target;
mod test_migrations;
mod unlock;
mod verify_backup;
mod watch;

use clap::{ArgMatches, Args, FromArgMatches};
use schema_migrate::Error;

pub(crate) use context::Context;

use crate::{arguments, output::Outcome};

/// A command.
pub(crate) struct Command {
    /// Its word behind `db-`.
    pub(crate) name: &'static str,
    /// What it does, in a line.
    pub(crate) about: &'static str,
    /// A call of it, behind `db-`.
    pub(crate) example: &'static str,
    /// Adds its arguments to a parser.
    pub(crate) arguments: fn(clap::Command) -> clap::Command,
    /// Runs it.
    pub(crate) run: fn(&Context<'_>, &ArgMatches) -> Result<Outcome, Error>,
}

/// Every command, in the order in which a person meets them.
pub(crate) const ALL: &[Command] = &[
    Command {
        name: "init",
        about: "start a project: models, xtask and schema.toml",
        example: "init my-app",
        arguments: arguments::InitArguments::augment_args,
        run: |context, matches| init::run(context, &read(matches)?),
    },
    Command {
        name: "pull",
        about: "write the models of a database that is there",
        example: "pull --url old.db --out src/models",
        arguments: arguments::PullArguments::augment_args,
        run: |context, matches| pull::run(context, &read(matches)?),
    },
    Command {
        name: "stamp",
        about: "adopt a database: record revisions as applied, and run none",
        example: "stamp --baseline",
        arguments: arguments::StampArguments::augment_args,
        run: |context, matches| stamp::run(context, &read(matches)?),
    },
    Command {
        name: "generate",
        about: "write a migration: the models against what the migrations build",
        example: "generate add_email",
        arguments: arguments::GenerateArguments::augment_args,
        run: |context, matches| generate::run(context, &read(matches)?),
    },
    Command {
        name: "migrate",
        about: "apply pending migrations",
        example: "migrate --dry-run",
        arguments: arguments::MigrateArguments::augment_args,
        run: |context, matches| migrate::run(context, &read(matches)?),
    },
    Command {
        name: "rollback",
        about: "run the down steps of the latest migrations",
        example: "rollback 2",
        arguments: arguments::RollbackArguments::augment_args,
        run: |context, matches| rollback::run(context, &read(matches)?),
    },
    Command {
        name: "status",
        about: "where the database stands: applied, pending, edited",
        example: "status --json",
        arguments: arguments::StatusArguments::augment_args,
        run: |context, matches| status::run(context, &read(matches)?),
    },
    Command {
        name: "history",
        about: "what was applied: when, how long, how many rows",
        example: "history --verbose",
        arguments: arguments::HistoryArguments::augment_args,
        run: |context, matches| history::run(context, &read(matches)?),
    },
    Command {
        name: "heads",
        about: "the revisions that no other follows",
        example: "heads --json",
        arguments: arguments::HeadsArguments::augment_args,
        run: |context, matches| heads::run(context, &read(matches)?),
    },
    Command {
        name: "merge",
        about: "join branches of migrations that fit together",
        example: "merge --dry-run",
        arguments: arguments::MergeArguments::augment_args,
        run: |context, matches| merge::run(context, &read(matches)?),
    },
    Command {
        name: "squash",
        about: "fold applied migrations into one",
        example: "squash --dry-run",
        arguments: arguments::SquashArguments::augment_args,
        run: |context, matches| squash::run(context, &read(matches)?),
    },
    Command {
        name: "test-migrations",
        about: "every migration up, down and up again on filled scratch databases",
        example: "test-migrations --json",
        arguments: arguments::TestMigrationsArguments::augment_args,
        run: |context, matches| test_migrations::run(context, &read(matches)?),
    },
    Command {
        name: "check",
        about: "models, migrations and database against each other",
        example: "check",
        arguments: arguments::CheckArguments::augment_args,
        run: |context, matches| check::run(context, &read(matches)?),
    },
    Command {
        name: "diff",
        about: "what turns one schema into another, and --apply",
        example: "diff --from old.db --to new.db",
        arguments: arguments::DiffArguments::augment_args,
        run: |context, matches| diff::run(context, &read(matches)?),
    },
    Command {
        name: "push",
        about: "development: the models straight into the database, without a migration",
        example: "push --dry-run",
        arguments: arguments::PushArguments::augment_args,
        run: |context, matches| push::run(context, &read(matches)?),
    },
    Command {
        name: "reset",
        about: "development: empty the database and apply every migration",
        example: "reset --dry-run",
        arguments: arguments::ResetArguments::augment_args,
        run: |context, matches| reset::run(context, &read(matches)?),
    },
    Command {
        name: "refresh",
        about: "development: reset, migrate and seed",
        example: "refresh --allow-data-loss all",
        arguments: arguments::ResetArguments::augment_args,
        run: |context, matches| reset::refresh(context, &read(matches)?),
    },
    Command {
        name: "seed",
        about: "development: fill the database by the program's seed function",
        example: "seed",
        arguments: arguments::SeedArguments::augment_args,
        run: |context, matches| seed::run(context, &read(matches)?),
    },
    Command {
        name: "clear",
        about: "development: delete the rows of tables, children first",
        example: "clear --all --keep users",
        arguments: arguments::ClearArguments::augment_args,
        run: |context, matches| clear::run(context, &read(matches)?),
    },
    Command {
        name: "health",
        about: "read the whole database and say how it is",
        example: "health --verbose",
        arguments: arguments::HealthArguments::augment_args,
        run: |context, matches| health::run(context, &read(matches)?),
    },
    Command {
        name: "advise",
        about: "indexes that are missing or not needed, statistics, statements that read whole tables",
        example: "advise --sql \"SELECT * FROM orders WHERE total_cents > 500\"",
        arguments: arguments::AdviseArguments::augment_args,
        run: |context, matches| advise::run(context, &read(matches)?),
    },
    Command {
        name: "clean",
        about: "delete rows that are older than so many days, after a backup",
        example: "clean sessions --older-than 90d",
        arguments: arguments::CleanArguments::augment_args,
        run: |context, matches| clean::run(context, &read(matches)?),
    },
    Command {
        name: "unlock",
        about: "clear what a dead holder of the migration lock has left",
        example: "unlock --dry-run",
        arguments: arguments::UnlockArguments::augment_args,
        run: |context, matches| unlock::run(context, &read(matches)?),
    },
    Command {
        name: "backup",
        about: "take a backup while others use the database",
        example: r#"backup --note "before the fair""#,
        arguments: arguments::BackupArguments::augment_args,
        run: |context, matches| backup::run(context, &read(matches)?),
    },
    Command {
        name: "list-backups",
        about: "the backups, newest first, and what they are kept for",
        example: "list-backups",
        arguments: arguments::ListBackupsArguments::augment_args,
        run: |context, matches| list_backups::run(context, &read(matches)?),
    },
    Command {
        name: "verify-backup",
        about: "read backups to their end",
        example: "verify-backup --all",
        arguments: arguments::VerifyBackupArguments::augment_args,
        run: |context, matches| verify_backup::run(context, &read(matches)?),
    },
    Command {
        name: "restore",
        about: "write a backup into the database, which is backed up first",
        example: "restore 1",
        arguments: arguments::RestoreArguments::augment_args,
        run: |context, matches| restore::run(context, &read(matches)?),
    },
];

/// Whether this is the word of a command.
pub(crate) fn is_known(word: &str) -> bool {
    word == "help" || ALL.iter().any(|command| command.name == word)
}

/// Whether a command has this flag.
pub(crate) fn takes(word: &str, flag: &str) -> bool {
    let command = ALL.iter().find(|command| command.name == word);
    command.is_some_and(|command| {
        let parser = (command.arguments)(clap::Command::new(command.name));
        parser.get_arguments().any(|argument| argument.get_id() == flag)
    })
}

fn read<A: FromArgMatches>(matches: &ArgMatches) -> Result<A, Error> {
    A::from_arg_matches(matches).map_err(|error| Error::usage(error.to_string()))
}
