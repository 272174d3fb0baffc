//! What `cargo xtask fuzz-queries` tries by the thousand, in short, for every change of the code.

use fuzz::queries::QueryCampaign;

const CASES: u64 = 2_000;

#[test]
fn any_typed_query_gives_what_an_evaluation_of_its_own_gives() {
    let campaign = QueryCampaign { seed: 1, cases: CASES, first: 0 };
    let (full, failure) = campaign.run(&mut |_| {}).unwrap();
    assert!(failure.is_none(), "{}", failure.unwrap());
    assert!(full > CASES / 3, "only {full} of {CASES} queries give a row");
}
