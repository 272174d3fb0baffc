use std::fmt::Write as _;

use super::literal;

/// A table or view in a module of its own.
#[derive(Debug)]
pub(in crate::pull) struct Part {
    pub(in crate::pull) module: String,
    pub(in crate::pull) ident: String,
    pub(in crate::pull) is_view: bool,
}

/// Lints that names of a database may run into, whatever is done about them. Two indexes that begin with one
/// column are taken for an attribute that stands twice.
const ALLOWED: &str = "\
#![allow(
    clippy::doc_markdown,
    clippy::duplicated_attributes,
    clippy::enum_variant_names,
    clippy::module_inception,
    clippy::struct_excessive_bools,
    clippy::struct_field_names,
    clippy::upper_case_acronyms,
    reason = \"names and indexes are those of the database\"
)]
";

/// The file that names the modules and declares the schema. `sql` is what no struct says.
pub(in crate::pull) fn root(schema: &str, parts: &[Part], folders: &[String], sql: &[String]) -> String {
    let mut text =
        String::from("//! The tables of a database that was there before: one struct a table.\n\n");
    text.push_str(ALLOWED);
    text.push('\n');
    let inside = match folders {
        [] => parts.iter().map(|part| part.module.as_str()).collect(),
        folders => folders.iter().map(String::as_str).collect(),
    };
    modules(&mut text, inside);
    let (tables, views): (Vec<&Part>, Vec<&Part>) = parts.iter().partition(|part| !part.is_view);
    if !parts.is_empty() {
        text.push('\n');
    }
    text.push_str("schema_core::schema! {\n    /// Everything that the database holds.\n");
    let _ = writeln!(text, "    pub {schema} {{");
    for (position, table) in tables.iter().enumerate() {
        let end = if position + 1 < tables.len() { "," } else { ";" };
        let _ = writeln!(text, "        {}{end}", table.ident);
    }
    if !views.is_empty() {
        text.push_str("        views: [\n");
        for view in &views {
            let _ = writeln!(text, "            {},", view.ident);
        }
        text.push_str("        ];\n");
    }
    if !sql.is_empty() {
        text.push_str("        sql: [\n");
        for statement in sql {
            let _ = writeln!(text, "            {},", literal(statement));
        }
        text.push_str("        ];\n");
    }
    text.push_str("    }\n}\n");
    text
}

/// The file of a folder of modules.
pub(in crate::pull) fn folder(parts: &[Part]) -> String {
    let (first, last) = (parts.first(), parts.last());
    let ident = |part: Option<&Part>| part.map_or("", |part| part.ident.as_str()).to_owned();
    let mut text = format!("//! From `{}` to `{}`.\n\n", ident(first), ident(last));
    modules(&mut text, parts.iter().map(|part| part.module.as_str()).collect());
    text
}

fn modules(text: &mut String, mut modules: Vec<&str>) {
    modules.sort_unstable();
    for module in &modules {
        let _ = writeln!(text, "mod {module};");
    }
    if !modules.is_empty() {
        text.push('\n');
    }
    for module in &modules {
        let _ = writeln!(text, "pub use {module}::*;");
    }
}
