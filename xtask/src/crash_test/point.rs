//! Where a run is interrupted, and how.

use std::{collections::BTreeMap, fmt, str::FromStr};

/// Calls that change what is on the disk, or what is known to be there. A question mark: not on every
/// processor.
pub(super) const CALLS: &str = "pwrite64,?pwritev,?pwritev2,write,?writev,ftruncate,?fallocate,?copy_file_range,\
     ?sendfile,fsync,fdatasync,?unlink,unlinkat,?rename,renameat,renameat2,?link,linkat,?mkdir,mkdirat";

/// What happens at the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mode {
    /// The process dies before the call is made.
    Kill,
    /// The call finds the disk full, and the next finds room.
    Full,
    /// The disk is full from this call on.
    StaysFull,
}

impl Mode {
    pub(super) const ALL: [Self; 3] = [Self::Kill, Self::Full, Self::StaysFull];

    fn word(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Full => "full",
            Self::StaysFull => "stays-full",
        }
    }
}

/// The n-th call of a kind, and what happens there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Point {
    pub(super) call: String,
    pub(super) mode: Mode,
    pub(super) number: usize,
}

impl Point {
    /// strace's words for it. It counts the calls of each thread apart.
    pub(super) fn injection(&self) -> String {
        let Self { call, number, .. } = self;
        match self.mode {
            Mode::Kill => format!("inject={call}:signal=SIGKILL:when={number}"),
            Mode::Full => format!("inject={call}:error=ENOSPC:when={number}"),
            Mode::StaysFull => format!("inject={call}:error=ENOSPC:when={number}+"),
        }
    }

    /// Whether the words of the program cannot be written either.
    pub(super) fn silences(&self) -> bool {
        self.mode == Mode::StaysFull && self.call == "write"
    }

    /// Every n-th point of each call in each mode.
    pub(super) fn sweep(counts: &BTreeMap<String, usize>, every: usize) -> Vec<Self> {
        let mut points = Vec::new();
        for (call, count) in counts {
            for mode in Mode::ALL {
                // Beginning in the middle of a stride, so that short rows of calls are met too.
                let numbers = (1..=*count).skip((every / 2).min(count - 1)).step_by(every);
                points.extend(numbers.map(|number| Self { call: call.clone(), mode, number }));
            }
        }
        points
    }
}

impl fmt::Display for Point {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}:{}", self.call, self.mode.word(), self.number)
    }
}

impl FromStr for Point {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let parts: Vec<&str> = text.split(':').collect();
        let [call, mode, number] = parts[..] else { return Err(()) };
        let mode = Mode::ALL.into_iter().find(|known| known.word() == mode).ok_or(())?;
        Ok(Self { call: call.to_owned(), mode, number: number.parse().map_err(drop)? })
    }
}

/// How often a traced run made each call, in the thread that made it most often.
pub(super) fn count(trace: &str) -> BTreeMap<String, usize> {
    let mut by_thread: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for line in trace.lines() {
        let mut words = line.splitn(2, ' ');
        let (Some(thread), Some(rest)) = (words.next(), words.next()) else { continue };
        if let Some((call, _)) = rest.trim_start().split_once('(')
            && call.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        {
            *by_thread.entry((thread, call)).or_default() += 1;
        }
    }
    let mut counts = BTreeMap::new();
    for ((_, call), count) in by_thread {
        let most: &mut usize = counts.entry(call.to_owned()).or_default();
        *most = count.max(*most);
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_in_the_thread_that_makes_most_of_them() {
        let trace = "11 pwrite64(3, \"x\", 1, 0) = 1\n11 fsync(3) = 0\n12 fsync(4 <unfinished ...>\n\
                     11 pwrite64(3, \"y\", 1, 0) = 1\n12 <... fsync resumed>) = 0\n11 +++ exited with 0 +++\n";
        let expected = [("fsync".to_owned(), 1), ("pwrite64".to_owned(), 2)];
        assert_eq!(count(trace), BTreeMap::from(expected));
    }

    #[test]
    fn every_call_is_met_even_where_there_are_few() {
        let counts = BTreeMap::from([("fsync".to_owned(), 3), ("pwrite64".to_owned(), 25)]);
        let points: Vec<String> = Point::sweep(&counts, 10)
            .iter()
            .filter(|point| point.mode == Mode::Kill)
            .map(ToString::to_string)
            .collect();
        assert_eq!(points, ["fsync:kill:3", "pwrite64:kill:6", "pwrite64:kill:16"]);
        assert_eq!(
            "fsync:stays-full:3".parse::<Point>().unwrap().injection(),
            "inject=fsync:error=ENOSPC:when=3+"
        );
    }
}
