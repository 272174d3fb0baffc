use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::header::Header;
use super::migration::MigrationKind;
use crate::Result;
use crate::sql::tokens;

/// SHA-256, in hexadecimal digits, over the tokens of a part of a file and what its header asks of
/// the runner, with the Rust function of the part. Comments and layout outside of literals do not count.
pub(super) fn checksum(header: &Header, rust: Option<&str>, part: &str) -> Result<String> {
    let mut digest = Sha256::new();
    let mut add = |text: &str| {
        // The length in front keeps `a` `bc` and `ab` `c` apart.
        digest.update((text.len() as u64).to_le_bytes());
        digest.update(text.as_bytes());
    };
    add("migration 1");
    add(&header.parents.join(","));
    add(&header.engine.map(|engine| engine.to_string()).unwrap_or_default());
    add(if header.foreign_keys_off { "foreign_keys=off" } else { "" });
    add(if header.no_transaction { "transaction=off" } else { "transaction=on" });
    if matches!(header.kind, MigrationKind::Baseline | MigrationKind::Squash) {
        add(header.kind.as_str());
        header.replaces.iter().for_each(|replaced| add(replaced));
    }
    if let Some(rust) = rust {
        add(&format!("rust={rust}"));
    }
    for token in tokens(part)? {
        add(token.text);
    }
    let mut digits = String::with_capacity(64);
    for byte in digest.finalize() {
        // Writing to a String cannot fail.
        let _ = write!(digits, "{byte:02x}");
    }
    Ok(digits)
}
