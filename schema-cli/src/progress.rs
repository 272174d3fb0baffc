use std::{
    borrow::Cow,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use schema_migrate::run::Meter;
use schema_ops::backup::Progress as Counted;

use crate::output::Screen;

/// How long something takes before a person is shown that it moves.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the mark before it turns.
const TICK: Duration = Duration::from_millis(120);

/// The bar's parts for each thing that is counted.
const PARTS: u64 = 1000;

/// A bar on stderr for what takes longer than a second, and nothing for what does not.
#[derive(Debug)]
pub(crate) struct Progress {
    shown: bool,
    bar: Option<ProgressBar>,
    /// How far the thing at hand is, where that is known while it runs.
    part: Arc<Mutex<Option<Meter>>>,
    /// What is counted now, and whether its end is known.
    counted: Option<(&'static str, bool)>,
}

impl Progress {
    pub(crate) fn new(screen: &Screen) -> Self {
        Self { shown: screen.shows_progress(), bar: None, part: Arc::default(), counted: None }
    }

    /// Something begins; `total` is 0 where nobody knows how much there is to do.
    pub(crate) fn start(&mut self, what: impl Into<Cow<'static, str>>, total: u64) {
        self.finish();
        if !self.shown {
            return;
        }
        let length = (total > 0).then(|| total.saturating_mul(PARTS));
        let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::hidden());
        bar.set_style(style(total > 0));
        bar.set_message(what);
        let (late, part) = (bar.clone(), Arc::clone(&self.part));
        thread::spawn(move || {
            thread::sleep(PATIENCE);
            if late.is_finished() {
                return;
            }
            late.set_draw_target(ProgressDrawTarget::stderr());
            late.enable_steady_tick(TICK);
            while !late.is_finished() {
                if let Some(meter) = part.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
                    let whole = late.position() / PARTS * PARTS;
                    late.set_position(whole + meter.thousandths().min(PARTS - 1));
                }
                thread::sleep(TICK);
            }
        });
        self.bar = Some(bar);
    }

    /// So much is done.
    pub(crate) fn at(&self, done: u64) {
        self.part(None);
        if let Some(bar) = &self.bar {
            bar.set_position(done.saturating_mul(PARTS));
        }
    }

    /// What tells itself how far it is: a bar for each thing that it names.
    pub(crate) fn show(&mut self, progress: Counted) {
        if self.counted != Some((progress.what, progress.total > 0)) {
            self.start(progress.what, progress.total);
            self.counted = Some((progress.what, progress.total > 0));
        }
        self.at(progress.done);
    }

    /// How far the thing at hand is, in words behind the bar.
    pub(crate) fn detail(&self, text: String) {
        if let Some(bar) = &self.bar {
            bar.set_prefix(text);
        }
    }

    /// The next thing begins, which tells how far it is.
    pub(crate) fn part(&self, meter: Option<&Meter>) {
        *self.part.lock().unwrap_or_else(PoisonError::into_inner) = meter.cloned();
    }

    /// Shows something above the bar.
    pub(crate) fn above(&self, show: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(show),
            None => show(),
        }
    }

    /// Takes the bar off the screen.
    pub(crate) fn finish(&mut self) {
        self.part(None);
        self.counted = None;
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
        "  {spinner} {msg} [{bar:10}] {percent}%  {elapsed}  {prefix}"
    } else {
        "  {spinner} {msg}  {elapsed}  {prefix}"
    };
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("##-")
        .tick_chars("|/-\\ ")
}
