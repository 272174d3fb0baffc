use std::collections::BTreeSet;

use crate::pull::rust_type::RustType;

/// The `use` lines of a struct of these types, and of what it derives.
pub(super) fn imports<'t>(
    text: &mut String,
    derived: &'static str,
    types: impl IntoIterator<Item = &'t RustType>,
) {
    let mut core = BTreeSet::from([derived]);
    let mut times = BTreeSet::new();
    let mut any = false;
    for ty in types {
        match ty {
            RustType::Value => any = true,
            RustType::Enum(_) => _ = core.insert("SqlEnum"),
            RustType::Instant => _ = times.insert("OffsetDateTime"),
            RustType::Date => _ = times.insert("Date"),
            RustType::Time => _ = times.insert("Time"),
            RustType::Integer | RustType::Real | RustType::Boolean | RustType::Text | RustType::Bytes => {}
        }
    }
    let list = |words: BTreeSet<&str>| match words.len() {
        1 => words.into_iter().collect::<String>(),
        _ => format!("{{{}}}", words.into_iter().collect::<Vec<_>>().join(", ")),
    };
    // In the order of rustfmt: names, modules, lists.
    let is_list = core.len() > 1;
    let core = ["use schema_core::", &list(core), ";\n"].concat();
    let value = if any { "use schema_core::value::Value;\n" } else { "" };
    text.extend(if is_list { [value, &core] } else { [&core, value] });
    if !times.is_empty() {
        text.extend(["use time::", &list(times), ";\n"]);
    }
    text.push('\n');
}
