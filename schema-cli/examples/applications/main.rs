//! Five applications and their databases, each in two releases: what an operator of a reading
//! tracker, a pharmacy's tablet counter, a backup monitor, a download bridge and a task list does with
//! `applications db status`. The promise tests run it; `APP_RELEASE=2` is the later release, and
//! `applications start` the reading tracker itself.

mod anibridge;
mod duplistatus;
mod start;
mod tablettracker;
mod tome;
mod velist;

use std::{env, process::ExitCode};

use schema_cli::Cli;

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    if arguments.first().is_none_or(|first| first != "db") {
        return start::run(arguments.first().and_then(|way| way.to_str()).unwrap_or_default());
    }
    let cli = Cli::new();
    let cli = match env::var("APP_RELEASE").as_deref() {
        Ok("2") => cli
            .schema::<tome::second::Tome>()
            .schema::<tablettracker::second::TabletTracker>()
            .schema::<duplistatus::second::Duplistatus>()
            .schema::<anibridge::second::AniBridge>()
            .schema::<velist::second::Velist>(),
        _ => cli
            .schema::<tome::first::Tome>()
            .schema::<tablettracker::first::TabletTracker>()
            .query("lines of an item", tablettracker::lines_of_an_item)
            .query("lines of an order", tablettracker::lines_of_an_order)
            .schema::<duplistatus::first::Duplistatus>()
            .schema::<anibridge::first::AniBridge>()
            .schema::<velist::first::Velist>()
            .seed::<velist::first::Velist>(velist::seed),
    };
    cli.called_as("applications db ").run_with(arguments)
}
