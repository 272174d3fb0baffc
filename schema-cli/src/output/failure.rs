use std::fmt::Write as _;

use clap::builder::styling::{AnsiColor, Style};
use schema_migrate::Error;

/// The error as a person reads it: what and why, where, in what state the data is, what to do next.
pub(super) fn text(error: &Error) -> String {
    let red = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
    let mut text = format!("{red}error{red:#}: {}", error.what());
    if let Some(why) = error.reason() {
        let mut lines = why.lines();
        if let Some(first) = lines.next() {
            let joint = if error.what().len() + first.len() > 90 || lines.clone().next().is_some() {
                "\n  "
            } else {
                ": "
            };
            let _ = write!(text, "{joint}{first}");
        }
        for line in lines {
            let _ = write!(text, "\n  {line}");
        }
    }
    if let Some(place) = error.location() {
        let _ = write!(text, "\n   --> {place}");
    }
    if let Some(state) = error.data_state() {
        let _ = write!(text, "\n  state: {state}");
    }
    // A flag that the reason names beside its question is for programs, and is not said twice.
    let is_said = |next: &str| error.reason().is_some_and(|why| why.contains(next));
    for (position, next) in error.next_steps().iter().filter(|next| !is_said(next)).enumerate() {
        let _ = write!(text, "\n  {} {next}", if position == 0 { "next: " } else { "      " });
    }
    text
}
