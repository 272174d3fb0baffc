//! What `cargo xtask fuzz-diff` tries by the thousand, in short, for every change of the code.

use fuzz::Campaign;
use schema_migrate::plan::EngineVersion;

/// Five hundred pairs, the half for either target.
fn walked(target: EngineVersion) {
    let campaign = Campaign { seed: 1, cases: 250, first: 0, target, failures: 1 };
    let tally = campaign.run(&|_| {}).unwrap();
    let found: Vec<String> = tally
        .found
        .iter()
        .map(|found| {
            format!("case {}: {}\n{}\n{}", found.number, found.failure.kind, found.failure.detail, found.case)
        })
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n\n"));
    assert!(tally.applied_share() >= 50, "{:?}", tally.outcomes);
}

#[test]
fn any_pair_of_schemas_is_walked_without_a_loss_in_place() {
    walked(EngineVersion::new(3, 54));
}

#[test]
fn any_pair_of_schemas_is_walked_without_a_loss_by_rebuilding() {
    walked(EngineVersion::new(3, 40));
}

#[test]
fn a_seed_makes_the_same_case_every_time() {
    let target = EngineVersion::new(3, 40);
    assert_eq!(fuzz::Case::new(7, 3, target), fuzz::Case::new(7, 3, target));
    assert_ne!(fuzz::Case::new(7, 3, target), fuzz::Case::new(8, 3, target));
}
