//! The guide as a book: every page is reached, compiled, and leads nowhere that is not there.
#![allow(missing_docs)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn pages() -> BTreeSet<String> {
    let mut pages: BTreeSet<String> = fs::read_dir(root().join("docs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert!(pages.remove("SUMMARY.md"), "the table of contents is gone");
    assert!(pages.len() > 20, "{pages:?}");
    pages
}

/// The targets of `[words](target)`, outside of code.
fn links(text: &str) -> Vec<String> {
    let mut inside = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.starts_with("```") {
            inside = !inside;
        } else if !inside {
            found.extend(
                line.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(to, _)| to.to_owned()),
            );
        }
    }
    found
}

/// The anchor that GitHub and mdBook give a heading.
fn anchor(heading: &str) -> String {
    heading
        .to_lowercase()
        .chars()
        .filter_map(|letter| match letter {
            ' ' => Some('-'),
            '-' | '_' => Some(letter),
            _ if letter.is_alphanumeric() => Some(letter),
            _ => None,
        })
        .collect()
}

fn anchors(text: &str) -> BTreeSet<String> {
    let mut inside = false;
    let mut found = BTreeSet::new();
    for line in text.lines() {
        if line.starts_with("```") {
            inside = !inside;
        } else if !inside && line.starts_with('#') {
            found.insert(anchor(line.trim_start_matches('#').trim()));
        }
    }
    found
}

#[test]
fn every_page_is_in_the_table_of_contents_once() {
    let summary = fs::read_to_string(root().join("docs/SUMMARY.md")).unwrap();
    let listed = links(&summary);
    let unique: BTreeSet<String> = listed.iter().cloned().collect();
    assert_eq!(listed.len(), unique.len(), "a page is listed twice: {listed:?}");
    assert_eq!(unique, pages());
}

#[test]
fn every_page_is_compiled_with_the_tests() {
    let compiled = fs::read_to_string(root().join("tests/src/book.rs")).unwrap();
    for page in pages() {
        assert!(compiled.contains(&format!("= \"{page}\";")), "tests/src/book.rs does not name docs/{page}");
    }
}

#[test]
fn every_link_leads_to_a_page_and_its_heading() {
    let mut files: Vec<PathBuf> = pages().iter().map(|page| root().join("docs").join(page)).collect();
    files.extend(["README.md", "CHANGELOG.md", "docs/SUMMARY.md"].map(|file| root().join(file)));
    let mut broken = Vec::new();
    let mut count = 0;
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for link in links(&text).into_iter().filter(|link| !link.contains("://")) {
            count += 1;
            let (path, heading) = link.split_once('#').unwrap_or((&link, ""));
            let target = if path.is_empty() { file.clone() } else { file.parent().unwrap().join(path) };
            let reached = match fs::read_to_string(&target) {
                Ok(text) => heading.is_empty() || anchors(&text).contains(heading),
                Err(_) => target.is_dir(),
            };
            if !reached {
                broken.push(format!("{}: {link}", file.file_name().unwrap().display()));
            }
        }
    }
    assert!(count > 60, "{count} links were found");
    assert!(broken.is_empty(), "{broken:#?}");
}
