use std::{
    borrow::Cow,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::Screen;

/// How long something takes before a person is shown that it moves.
const PATIENCE: Duration = Duration::from_secs(1);

/// A bar on stderr for what takes longer than a second, and nothing for what does not.
#[derive(Debug)]
pub(crate) struct Progress {
    shown: bool,
    started: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    pub(crate) fn new(screen: &Screen) -> Self {
        Self { shown: screen.shows_progress(), started: Instant::now(), bar: None }
    }

    /// Something else begins.
    pub(crate) fn start(&mut self) {
        self.finish();
        self.started = Instant::now();
    }

    /// So much of so much is done; `total` is 0 where nobody knows it.
    pub(crate) fn at(&mut self, what: impl Into<Cow<'static, str>>, done: u64, total: u64) {
        if !self.shown || self.started.elapsed() < PATIENCE {
            return;
        }
        let bar =
            self.bar.get_or_insert_with(|| ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()));
        bar.set_style(style(total > 0));
        if total > 0 {
            bar.set_length(total);
        }
        bar.set_position(done);
        bar.set_message(what);
    }

    /// Takes the bar off the screen.
    pub(crate) fn finish(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}

fn style(known: bool) -> ProgressStyle {
    let template = if known {
        "  {msg} [{bar:10}] {human_pos}/{human_len}  {elapsed}"
    } else {
        "  {spinner} {msg} {human_pos}  {elapsed}"
    };
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("##-")
        .tick_chars("|/-\\ ")
}
