use std::{borrow::Cow, thread, time::Duration};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::Screen;

/// How long something takes before a person is shown that it moves.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the mark before it turns.
const TICK: Duration = Duration::from_millis(120);

/// A bar on stderr for what takes longer than a second, and nothing for what does not.
#[derive(Debug)]
pub(crate) struct Progress {
    shown: bool,
    bar: Option<ProgressBar>,
}

impl Progress {
    pub(crate) fn new(screen: &Screen) -> Self {
        Self { shown: screen.shows_progress(), bar: None }
    }

    /// Something begins; `total` is 0 where nobody knows how much there is to do.
    pub(crate) fn start(&mut self, what: impl Into<Cow<'static, str>>, total: u64) {
        self.finish();
        if !self.shown {
            return;
        }
        let bar = ProgressBar::with_draw_target((total > 0).then_some(total), ProgressDrawTarget::hidden());
        bar.set_style(style(total > 0));
        bar.set_message(what);
        let late = bar.clone();
        thread::spawn(move || {
            thread::sleep(PATIENCE);
            if !late.is_finished() {
                late.set_draw_target(ProgressDrawTarget::stderr());
                late.enable_steady_tick(TICK);
            }
        });
        self.bar = Some(bar);
    }

    /// So much is done.
    pub(crate) fn at(&self, done: u64) {
        if let Some(bar) = &self.bar {
            bar.set_position(done);
        }
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
        "  {spinner} {msg} [{bar:10}] {pos}/{len}  {elapsed}"
    } else {
        "  {spinner} {msg}  {elapsed}"
    };
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("##-")
        .tick_chars("|/-\\ ")
}
