use std::{env, fs, path::Path};

use syn::LitStr;

use crate::errors::Errors;

/// The compiler tracks files that it has seen. That a file is *new* only cargo can tell, by a build
/// script that names the folder; without one a new migration would silently not be in the program.
pub(super) fn check(root: &Path, folder: &LitStr, errors: &Errors) {
    let named = folder.value();
    let wanted = format!("fn main() {{ println!(\"cargo::rerun-if-changed={named}\"); }}");
    if env::var_os("OUT_DIR").is_none() {
        errors.at(
            folder,
            format_args!(
                "this package has no build script, so a new migration would not be seen: write `build.rs` \
                 beside its Cargo.toml: {wanted}"
            ),
        );
        return;
    }
    // A script that names nothing is run again whatever file of the package changes.
    if let Ok(text) = fs::read_to_string(root.join("build.rs"))
        && text.contains("rerun-if-changed")
        && !text.contains(named.trim_end_matches('/'))
    {
        errors.at(
            folder,
            format_args!(
                "`build.rs` does not watch the folder, so a new migration would not be seen: add \
                 `println!(\"cargo::rerun-if-changed={named}\");`"
            ),
        );
    }
}
