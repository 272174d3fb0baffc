use std::fmt;

use time::{Duration, OffsetDateTime};

use crate::backup::{BackupName, Reason};

/// How old a backup that was not finished is before it is taken for abandoned. No backup takes as long.
const ABANDONED: Duration = Duration::days(1);

/// How many backups are kept. The rules are ORed: what one of them keeps is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The newest of those that no rule of their own is for; `None` keeps all of them.
    pub last: Option<u32>,
    /// The newest of those taken before migrations; `None` keeps all of them.
    pub pre_migrate: Option<u32>,
    /// The newest of those taken before restores; `None` keeps all of them.
    pub before_restore: Option<u32>,
}

impl Default for Policy {
    /// The last 10, the last 3 that were taken before migrations and the last 3 before restores.
    fn default() -> Self {
        Self { last: Some(10), pre_migrate: Some(3), before_restore: Some(3) }
    }
}

/// A backup, as far as a plan needs to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub name: BackupName,
    /// Why it was taken; `None` where no manifest says so.
    pub reason: Option<Reason>,
    /// Whether a person has pinned it.
    pub pinned: bool,
    /// How far it can be counted on.
    pub known: Known,
    /// Whether no row of the application's is in it.
    pub empty: bool,
    /// Whether it is of another database, or nothing says of which.
    pub foreign: bool,
}

/// How far a backup can be counted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// It was good when it was last read, in one place at least.
    Good,
    /// Nobody knows that it is good; a person should look at it.
    Doubtful,
    /// Its program was stopped before it had read it back.
    Unfinished,
}

/// What becomes of a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Its id.
    pub name: BackupName,
    /// What it is kept for; nothing where it is removed.
    pub kept_for: Vec<KeptFor>,
}

/// A reason to keep a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptFor {
    /// It is among the last so many.
    Last(u32),
    /// It is among the last so many that were taken before migrations.
    PreMigrate(u32),
    /// It is among the last so many that were taken before restores.
    BeforeRestore(u32),
    /// No number is set for its kind.
    Unlimited,
    /// A person has pinned it.
    Pinned,
    /// It is the newest that is known to be good, or the newest of those that hold rows.
    NewestVerified,
    /// It is dated later than now: a clock is wrong, and nobody knows which.
    Future,
    /// It is of another database, or nothing says of which.
    Foreign,
    /// It is not known to be good; a person should look at it.
    Unverified,
}

impl fmt::Display for KeptFor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Last(count) => write!(formatter, "last {count}"),
            Self::PreMigrate(count) => write!(formatter, "last {count} before migrations"),
            Self::BeforeRestore(count) => write!(formatter, "last {count} before restores"),
            Self::Unlimited => formatter.write_str("no limit"),
            Self::Pinned => formatter.write_str("pinned"),
            Self::NewestVerified => formatter.write_str("newest good"),
            Self::Future => formatter.write_str("dated in the future"),
            Self::Foreign => formatter.write_str("not known to be of this database"),
            Self::Unverified => formatter.write_str("not known to be good"),
        }
    }
}

/// Says of each backup what it is kept for, in the order in which they are given. One that is not known
/// to be good takes nobody's place, and so does one of the future. Each kind is counted apart. One that
/// holds no row takes the place of none that does.
pub fn plan(now: OffsetDateTime, policy: &Policy, backups: &[Entry]) -> Vec<Decision> {
    let counts = |entry: &Entry| !entry.foreign && entry.known == Known::Good && entry.name.taken_at <= now;
    let mut newest_first: Vec<&Entry> = backups.iter().filter(|entry| counts(entry)).collect();
    newest_first.sort_by(|left, right| right.name.cmp(&left.name));
    let rule = |entry: &Entry| -> (Option<u32>, fn(u32) -> KeptFor) {
        match entry.reason {
            Some(Reason::PreMigrate) => (policy.pre_migrate, KeptFor::PreMigrate),
            Some(Reason::BeforeRestore) => (policy.before_restore, KeptFor::BeforeRestore),
            _ => (policy.last, KeptFor::Last),
        }
    };
    let kind = |entry: &Entry| entry.reason.filter(|reason| *reason != Reason::Other);
    let rank = |entry: &Entry| {
        let same = newest_first.iter().filter(|other| kind(other) == kind(entry));
        let same = same.filter(|other| entry.empty || !other.empty);
        same.take_while(|other| other.name != entry.name).count()
    };
    let newest = [newest_first.first(), newest_first.iter().find(|entry| !entry.empty)];
    let is_newest = |entry: &Entry| newest.iter().flatten().any(|newest| newest.name == entry.name);
    let decide = |entry: &Entry| {
        let mut kept_for = Vec::new();
        if entry.pinned {
            kept_for.push(KeptFor::Pinned);
        }
        if entry.foreign {
            kept_for.push(KeptFor::Foreign);
        } else if entry.name.taken_at > now {
            kept_for.push(KeptFor::Future);
        } else if entry.known == Known::Unfinished && now - entry.name.taken_at > ABANDONED {
            // Nobody has ever counted on it.
        } else if entry.known != Known::Good {
            kept_for.push(KeptFor::Unverified);
        } else {
            if is_newest(entry) {
                kept_for.push(KeptFor::NewestVerified);
            }
            let (limit, kept) = rule(entry);
            match limit {
                None => kept_for.push(KeptFor::Unlimited),
                Some(limit) if rank(entry) < limit as usize => kept_for.push(kept(limit)),
                Some(_) => {}
            }
        }
        Decision { name: entry.name.clone(), kept_for }
    };
    backups.iter().map(decide).collect()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;
    use time::{Duration, OffsetDateTime};

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-21 12:00 UTC);

    /// `m` manual, `a` before a migration, `r` before a restore, `?` without a manifest; so many hours ago.
    /// Behind it `!` pinned, `x` not good, `u` not finished, `f` of another database, `e` empty.
    fn entries(text: &str) -> Vec<Entry> {
        text.split_whitespace()
            .map(|word| {
                let reason = match &word[..1] {
                    "m" => Some(Reason::Manual),
                    "a" => Some(Reason::PreMigrate),
                    "r" => Some(Reason::BeforeRestore),
                    _ => None,
                };
                let marks = word.trim_start_matches(|letter: char| !"!xufe".contains(letter));
                let hours: i64 = word[1..word.len() - marks.len()].parse().unwrap();
                Entry {
                    name: BackupName {
                        database: "tome".to_owned(),
                        taken_at: NOW - Duration::hours(hours),
                        number: 1,
                    },
                    reason,
                    pinned: marks.contains('!'),
                    known: match reason {
                        _ if marks.contains('u') => Known::Unfinished,
                        Some(_) if !marks.contains('x') => Known::Good,
                        _ => Known::Doubtful,
                    },
                    empty: marks.contains('e'),
                    foreign: marks.contains('f'),
                }
            })
            .collect()
    }

    fn removed(policy: Policy, text: &str) -> Vec<i64> {
        let plan = plan(NOW, &policy, &entries(text));
        let gone = plan.iter().filter(|decision| decision.kept_for.is_empty());
        gone.map(|decision| (NOW - decision.name.taken_at).whole_hours()).collect()
    }

    #[test]
    fn the_plan_for_each_kind_and_exception() {
        let few = Policy { last: Some(2), pre_migrate: Some(1), before_restore: Some(1) };
        let none = Policy { last: Some(0), pre_migrate: Some(0), before_restore: Some(0) };
        let all = Policy { last: None, pre_migrate: None, before_restore: None };
        for (policy, backups, gone) in [
            (few, "", vec![]),
            (few, "m1 m2", vec![]),
            (few, "m1 m2 m3 m4", vec![3, 4]),
            // Each kind is counted apart: a restore that is tried again and again pushes no other out.
            (few, "a1 m2 a3 m4 m5 a6", vec![3, 5, 6]),
            (few, "r1 r2 r3 m4 m5 a6", vec![2, 3]),
            // In any order.
            (few, "m4 m1 m3 m2", vec![4, 3]),
            // Pinned ones stay, and take a place.
            (few, "m1! m2 m3 m4!", vec![3]),
            // A bad one stays for a person to look at, and takes no place.
            (few, "m1x m2 m3 m4", vec![4]),
            (few, "?1 m2 m3 m4", vec![4]),
            // One that was never finished goes after a day, and a file that somebody has put there stays.
            (few, "m23u m25u ?48 m26!u m3", vec![25]),
            // One of the future stays, takes no place, and is not the newest.
            (few, "m-5 m1 m2 m3", vec![3]),
            (none, "m-5 m1 m2", vec![2]),
            // The newest good one stays whatever the numbers say.
            (none, "m1 m2 a3", vec![2, 3]),
            (none, "m1x a2 m3", vec![3]),
            (none, "m1x", vec![]),
            // What is not ours is not touched, and counts for nothing.
            (few, "m1f m2f m3f m4 m5 m6", vec![6]),
            // One without a row pushes out none with rows, and is pushed out by them.
            (few, "a1e a2e a3 a4", vec![2, 4]),
            (few, "m1e m2e m3e m4 m5 m6", vec![3, 6]),
            (few, "m1 m2 m3e", vec![3]),
            (none, "a1e a2e m3 m4", vec![2, 4]),
            (all, "m1 m2 m3 a4 a5", vec![]),
        ] {
            assert_eq!(removed(policy, backups), gone, "{policy:?} {backups}");
        }
    }

    #[test]
    fn the_default_keeps_the_last_ten_and_the_last_three_before_migrations() {
        let backups: Vec<String> = (1..=15).map(|hours| format!("m{hours} a{}", hours + 20)).collect();
        let gone = removed(Policy::default(), &backups.join(" "));
        assert_eq!(gone.len(), 5 + 12);
        assert!(gone.iter().all(|hours| (11..=15).contains(hours) || *hours >= 24), "{gone:?}");
    }

    #[test]
    fn every_reason_is_told() {
        let policy = Policy { last: Some(1), pre_migrate: None, before_restore: Some(2) };
        let plan = plan(NOW, &policy, &entries("m1! a2 m-3 m4x m5f m6 r7"));
        let told: Vec<Vec<String>> =
            plan.iter().map(|decision| decision.kept_for.iter().map(ToString::to_string).collect()).collect();
        assert_eq!(
            told,
            [
                vec!["pinned", "newest good", "last 1"],
                vec!["no limit"],
                vec!["dated in the future"],
                vec!["not known to be good"],
                vec!["not known to be of this database"],
                vec![],
                vec!["last 2 before restores"],
            ]
        );
    }
}
