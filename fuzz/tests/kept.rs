//! What is dropped with `--keep-dropped` comes back, whatever the schemas are.

use std::collections::BTreeMap;

use fuzz::{Case, Outcome, run_kept};
use schema_migrate::plan::EngineVersion;

fn walked(target: EngineVersion) {
    let given = |name: &str| std::env::var(name).ok().and_then(|number| number.parse().ok());
    let (cases, seed) = (given("CASES").unwrap_or(150), given("SEED").unwrap_or(2));
    let mut tally: BTreeMap<String, usize> = BTreeMap::new();
    for number in 0..cases {
        let case = Case::new(seed, number, target);
        match run_kept(&case) {
            Outcome::Failed(failure) => panic!("case {number}: {}\n{}\n{case}", failure.kind, failure.detail),
            other => *tally.entry(format!("{other:?}").chars().take(20).collect()).or_default() += 1,
        }
    }
    // Refusals and cases in which nothing is dropped prove nothing.
    let applied = tally.get("Applied").copied().unwrap_or(0);
    assert!(applied * 10 >= usize::try_from(cases).unwrap(), "{tally:?}");
}

#[test]
fn whatever_is_dropped_comes_back_in_place() {
    walked(EngineVersion::new(3, 54));
}

#[test]
fn whatever_is_dropped_comes_back_by_rebuilding() {
    walked(EngineVersion::new(3, 40));
}
