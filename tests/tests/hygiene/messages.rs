//! What the compiler says of a mistake is short, and speaks of the program, not of the framework.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Lines that a person reads before they know what to write.
const LONGEST: usize = 25;

/// What shows that the compiler lists types or traits that no person has to know.
const FRAMEWORK: [&str; 6] = [
    "the following other types implement trait",
    "the following types implement trait",
    "the trait `schema_core::private::",
    "candidate #1",
    "fn() -> ",
    "PhantomData",
];

fn messages() -> Vec<(PathBuf, String)> {
    let topics = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("ui")).expect("the cases");
    let topics = topics.map(|topic| topic.expect("a topic").path()).filter(|path| path.is_dir());
    let cases = topics.flat_map(|topic| fs::read_dir(topic).expect("a topic's cases"));
    let mut messages: Vec<(PathBuf, String)> = cases
        .map(|case| case.expect("a case").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "stderr"))
        .map(|path| (path.clone(), fs::read_to_string(&path).expect("a message")))
        .collect();
    messages.sort();
    assert!(messages.len() > 120, "there are {} cases", messages.len());
    messages
}

#[test]
fn no_message_is_longer_than_a_person_reads() {
    let long: Vec<String> = messages()
        .iter()
        .filter(|(_, text)| text.lines().count() > LONGEST)
        .map(|(path, text)| format!("{}: {} lines", path.display(), text.lines().count()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn no_message_lists_the_types_of_the_framework() {
    let lists: Vec<String> = messages()
        .iter()
        .flat_map(|(path, text)| {
            // A list that was cut short.
            assert!(
                !text.lines().any(|line| line.trim().starts_with("and ") && line.ends_with(" others")),
                "{}: a list of types",
                path.display()
            );
            let found = FRAMEWORK.iter().filter(|word| text.contains(**word));
            found.map(|word| format!("{}: {word}", path.display())).collect::<Vec<_>>()
        })
        .collect();
    assert!(lists.is_empty(), "{}", lists.join("\n"));
}
