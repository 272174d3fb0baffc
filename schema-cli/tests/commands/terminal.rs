//! Questions on a real terminal: the other end of a pseudo-terminal reads what a person would, and types.

use std::{
    fs::{File, OpenOptions},
    io::{Read as _, Write as _},
    os::fd::OwnedFd,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use rustix::{
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{Winsize, tcsetwinsize},
};

use crate::{migrate::filled, project::Project};

const ENTER: &str = "\r";
const DOWN: &str = "\x1b[B";
const UP: &str = "\x1b[A";
const ESCAPE: &str = "\x1b";
const CTRL_C: &str = "\x03";

/// No question takes as long to appear.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program at a terminal, and the person before it.
#[derive(Debug)]
pub(crate) struct Terminal {
    keyboard: File,
    shown: Arc<Mutex<Vec<u8>>>,
    child: Child,
}

impl Terminal {
    /// Starts a command whose input and both outputs are the terminal.
    pub(crate) fn start(mut command: Command) -> Self {
        let controller: OwnedFd = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&controller).unwrap();
        unlockpt(&controller).unwrap();
        let size = Winsize { ws_row: 40, ws_col: 120, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&controller, size).unwrap();
        let path = PathBuf::from(ptsname(&controller, Vec::new()).unwrap().into_string().unwrap());
        let end = || Stdio::from(OpenOptions::new().read(true).write(true).open(&path).unwrap());
        let child = command
            .env("TERM", "xterm")
            .env_remove("NO_COLOR")
            .stdin(end())
            .stdout(end())
            .stderr(end())
            .spawn()
            .unwrap();
        // Its copies of the other end are closed, so that reading ends with the program.
        drop(command);
        let keyboard = File::from(controller);
        let shown = Arc::new(Mutex::new(Vec::new()));
        let (mut screen, all) = (keyboard.try_clone().unwrap(), Arc::clone(&shown));
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(read @ 1..) = screen.read(&mut bytes) {
                all.lock().unwrap().extend_from_slice(&bytes[..read]);
            }
        });
        Self { keyboard, shown, child }
    }

    /// What has been shown so far, with the control characters of the terminal.
    pub(crate) fn shown(&self) -> String {
        String::from_utf8_lossy(&self.shown.lock().unwrap()).into_owned()
    }

    pub(crate) fn wait_for(&self, text: &str) {
        let begun = Instant::now();
        while !self.shown().contains(text) {
            assert!(begun.elapsed() < PATIENCE, "`{text}` was not shown:\n{}", self.shown());
            thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// The exit code, and everything that was shown.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(begun.elapsed() < PATIENCE, "it does not end:\n{}", self.shown());
            thread::sleep(Duration::from_millis(5));
        };
        // The latest words are on their way.
        thread::sleep(Duration::from_millis(100));
        (status.code(), self.shown())
    }
}

/// The question about `users.name`, which 500 users have.
fn asked(project: &Project, more: &[&str]) -> Terminal {
    let arguments = [&["generate", "rename_name"], more].concat();
    let terminal = Terminal::start(project.command("2", &arguments));
    terminal.wait_for("users.name is gone (TEXT NOT NULL)");
    terminal.wait_for("drop users.name, and add what is new");
    terminal
}

/// The text of the migration that was written behind the first.
fn written(project: &Project) -> Option<String> {
    let mut files: Vec<_> = std::fs::read_dir(project.path("migrations"))
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.to_string_lossy().contains("rename_name"))
        .collect();
    files.pop().map(|path| std::fs::read_to_string(path).unwrap())
}

#[test]
fn a_rename_that_is_chosen_on_a_terminal_is_written() {
    let project = filled();
    let mut terminal = asked(&project, &[]);
    terminal.press(ENTER);
    let (code, shown) = terminal.end();
    assert_eq!(code, Some(0), "{shown}");
    for part in ["keeps 500 values", "loses 500 values", "Wrote     migrations/"] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
    let text = written(&project).unwrap();
    assert!(text.contains("RENAME COLUMN \"name\" TO \"full_name\""), "{text}");
}

#[test]
fn a_drop_that_is_chosen_on_a_terminal_is_written() {
    for keys in [UP, &[DOWN, DOWN].concat()] {
        let project = filled();
        let mut terminal = asked(&project, &["--backfill", "users.full_name='nobody'"]);
        terminal.press(keys);
        terminal.press(ENTER);
        let (code, shown) = terminal.end();
        assert_eq!(code, Some(0), "{shown}");
        let text = written(&project).unwrap();
        assert!(!text.contains("RENAME COLUMN") && text.contains("'nobody'"), "{text}");
    }
}

#[test]
fn escape_and_ctrl_c_at_a_question_change_nothing_and_are_exit_130() {
    for key in [ESCAPE, CTRL_C] {
        let project = filled();
        let before = project.bytes();
        let mut terminal = asked(&project, &[]);
        terminal.press(key);
        let (code, shown) = terminal.end();
        assert_eq!(code, Some(130), "{shown}");
        assert!(shown.contains("interrupted") && shown.contains("embedded db status"), "{shown}");
        assert_eq!(project.bytes(), before);
    }
}

#[test]
fn a_loss_is_confirmed_on_a_terminal_and_the_first_answer_is_no() {
    let project = filled();
    let before = project.bytes();
    let question = "every row of table orders is lost (2,000 rows)";
    let mut terminal = Terminal::start(project.command("1", &["rollback"]));
    terminal.wait_for(question);
    terminal.press(ENTER);
    let (code, shown) = terminal.end();
    assert_eq!(code, Some(4), "{shown}");
    assert!(shown.contains("error") && shown.contains("nothing was changed"), "{shown}");
    assert_eq!(project.bytes(), before);

    let mut terminal = Terminal::start(project.command("1", &["rollback"]));
    terminal.wait_for(question);
    terminal.press(&[DOWN, ENTER].concat());
    terminal.wait_for("every row of table users is lost (500 rows)");
    terminal.press(CTRL_C);
    let (code, shown) = terminal.end();
    assert_eq!(code, Some(130), "{shown}");
    assert_eq!(project.bytes(), before);

    let mut terminal = Terminal::start(project.command("1", &["rollback"]));
    terminal.wait_for(question);
    terminal.press(&[DOWN, ENTER].concat());
    terminal.wait_for("every row of table users is lost (500 rows)");
    terminal.press(&[DOWN, ENTER].concat());
    let (code, shown) = terminal.end();
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("1 taken back"), "{shown}");
}

#[test]
fn in_production_a_rollback_asks_on_a_terminal() {
    let project = filled();
    project.write("schema.toml", "[app]\nurl = \"sqlite:app.db\"\nproduction = true\n");
    let before = project.bytes();
    let mut terminal = Terminal::start(project.command("1", &["rollback", "--allow-data-loss", "all"]));
    terminal.wait_for("This is a production database");
    terminal.press(ENTER);
    let (code, shown) = terminal.end();
    assert_eq!(code, Some(4), "{shown}");
    assert_eq!(project.bytes(), before);
}

#[test]
fn a_push_asks_before_loss_and_only_a_yes_changes_anything() {
    let project = filled();
    let before = project.bytes();
    let question = "every value of column users.age is lost";
    for (keys, code) in [(ENTER, 4), (CTRL_C, 130)] {
        let mut terminal = Terminal::start(project.command("3", &["push"]));
        terminal.wait_for(question);
        terminal.wait_for("lose it (500 values)");
        terminal.press(keys);
        let (ended, shown) = terminal.end();
        assert_eq!(ended, Some(code), "{shown}");
        assert!(shown.contains("drop column") && shown.contains("users.age"), "{shown}");
        assert_eq!(project.bytes(), before);
    }
    let mut terminal = Terminal::start(project.command("3", &["push"]));
    terminal.wait_for("lose it (500 values)");
    terminal.press(&[DOWN, ENTER].concat());
    let (ended, shown) = terminal.end();
    assert_eq!(ended, Some(0), "{shown}");
    assert!(shown.contains("Backup") && shown.contains("Done"), "{shown}");
    let rows: i64 = project
        .open("app.db")
        .query_row("SELECT count(*) FROM users WHERE name IS NOT NULL", [], |row| row.get(0))
        .unwrap();
    assert_eq!(rows, 500);
}

/// The list of two backups, of which the older one has all 2000 orders.
fn picking(project: &Project) -> Terminal {
    project.done("1", &["backup", "--note", "all of them"]);
    project.open("app.db").execute_batch("DELETE FROM orders WHERE id > 7").unwrap();
    project.done("1", &["backup"]);
    let terminal = Terminal::start(project.command("1", &["restore"]));
    terminal.wait_for("Which backup shall be restored?");
    terminal.wait_for("all of them");
    terminal
}

#[test]
fn a_backup_is_picked_from_the_list_and_restored_after_a_yes() {
    let project = filled();
    let mut terminal = picking(&project);
    terminal.press(&[DOWN, ENTER].concat());
    terminal.wait_for("is backed up first");
    terminal.wait_for("restore it");
    terminal.press(&[DOWN, ENTER].concat());
    let (code, shown) = terminal.end();
    assert_eq!(code, Some(0), "{shown}");
    let orders: i64 =
        project.open("app.db").query_row("SELECT count(*) FROM orders", [], |row| row.get(0)).unwrap();
    assert_eq!(orders, 2000, "{shown}");
}

#[test]
fn leaving_the_list_of_backups_is_said_once_and_changes_nothing() {
    for key in [ESCAPE, CTRL_C] {
        let project = filled();
        let mut terminal = picking(&project);
        let before = project.bytes();
        terminal.press(key);
        let (code, shown) = terminal.end();
        assert_eq!(code, Some(130), "{shown}");
        assert_eq!(shown.matches("interrupted").count(), 1, "{shown}");
        assert_eq!(shown.matches("state: nothing was changed").count(), 1, "{shown}");
        assert_eq!(project.bytes(), before);
    }
}
