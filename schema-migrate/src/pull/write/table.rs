use schema_core::model::{Deferrable, Engine, ForeignKeyAction, GeneratedStorage};

use super::attribute::{attributes, doc, group_attribute, text_attribute};
use super::import::imports;
use super::literal;
use crate::pull::model::{Enumeration, Field, IndexForm, Model, Reference};
use crate::pull::name;
use crate::pull::rust_type::RustType;
use crate::pull::said::{default_sql, sql_type};
use crate::pull::singular::is_plural_of;

/// The source of a table: its struct, and the enums of its columns. `up` leads to the other structs.
pub(in crate::pull) fn table(model: &Model<'_>, up: &str) -> String {
    let mut text = String::new();
    imports(&mut text, "Table", model.fields.iter().map(|field| &field.ty));
    doc(&mut text, "", model.doc.as_deref().unwrap_or(&format!("Table `{}`.", shown(&model.live.name))));
    text.push_str("#[derive(Table, Clone, Debug, PartialEq)]\n");
    table_attributes(&mut text, model, up);
    text.extend(["pub struct ", &model.ident, " {\n"]);
    for (position, field) in model.fields.iter().enumerate() {
        let line = field.doc.clone().unwrap_or_else(|| format!("Column `{}`.", shown(&field.column.name)));
        doc(&mut text, "    ", &line);
        attributes(&mut text, "    ", "column", &field_words(model, position, field, up));
        text.extend(["    pub ", &field.ident, ": ", &type_text(model, field), ",\n"]);
    }
    text.push_str("}\n");
    for one in &model.enums {
        text.push('\n');
        enumeration(&mut text, one);
    }
    text
}

/// A name in a doc comment.
pub(super) fn shown(name: &str) -> String {
    let plain: String = name.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    plain.replace('`', "'").trim().to_owned()
}

fn table_attributes(text: &mut String, model: &Model<'_>, up: &str) {
    let live = model.live;
    let mut words = Vec::new();
    let is_usual = is_plural_of(&live.name, &name::derived_snake(&model.ident));
    if !model.is_definition() && !is_usual {
        words.push(format!("name = {}", literal(&live.name)));
    }
    if live.strict && !model.is_definition() {
        words.push("strict".to_owned());
    }
    if live.without_rowid {
        words.push("without_rowid".to_owned());
    }
    if !model.key.is_empty() {
        words.push(format!("primary_key({})", names(model, &model.key)));
    }
    attributes(text, "", "table", &words);
    for set in &model.uniques {
        text_attribute(text, "table", &format!("unique({})", names(model, set)));
    }
    for reference in &model.foreign_keys {
        text_attribute(text, "table", &foreign_key(model, reference, up));
    }
    if model.is_definition() {
        let sql = live.sql.as_deref().unwrap_or_default();
        text_attribute(text, "table", &format!("definition = {}", literal(sql)));
    } else {
        for (name, sql) in &model.checks {
            group_attribute(text, "table", "check", &[format!("{name} = {}", literal(sql))]);
        }
    }
    for (index, form) in live.indexes.iter().zip(&model.indexes) {
        match form {
            IndexForm::OnField(_) => {}
            IndexForm::OnTable(words) => group_attribute(text, "table", "index", words),
            IndexForm::Sql => {
                let sql = index.sql.as_deref().unwrap_or_default();
                group_attribute(text, "table", "index", &[format!("sql = {}", literal(sql))]);
            }
        }
    }
    for trigger in live.triggers.iter() {
        let sql = trigger.sql.on(Engine::Sqlite).unwrap_or_default();
        group_attribute(text, "table", "trigger", &[format!("sql = {}", literal(sql))]);
    }
}

fn names(model: &Model<'_>, fields: &[usize]) -> String {
    fields.iter().map(|position| model.fields[*position].ident.as_str()).collect::<Vec<_>>().join(", ")
}

fn field_words(model: &Model<'_>, position: usize, field: &Field<'_>, up: &str) -> Vec<String> {
    let column = field.column;
    let is_definition = model.is_definition();
    let mut words = Vec::new();
    let mut say = |word: &str| words.push(word.to_owned());
    if name::unraw(&field.ident) != column.name {
        say(&format!("name = {}", literal(&column.name)));
    }
    let key = model.live.primary_key.as_ref().filter(|_| field.primary_key);
    if let Some(key) = key {
        say("primary_key");
        if key.autoincrement {
            say("autoincrement");
        }
    }
    if field.unique {
        say("unique");
    }
    if model.indexes.contains(&IndexForm::OnField(position)) {
        say("index");
    }
    if let Some(reference) = &field.references {
        say(&format!("references = {}", parent(model, reference, up)));
        actions(reference).iter().for_each(|word| say(word));
    }
    if let Some(collation) = column.collation.as_deref().filter(|_| !is_definition) {
        match ["nocase", "rtrim"].into_iter().find(|known| collation.eq_ignore_ascii_case(known)) {
            Some(known) => say(&format!("collate = {known}")),
            None => say(&format!("collate = {}", literal(collation))),
        }
    }
    let is_other_rowid = key.is_some_and(|key| !key.rowid_alias) && field.ty == RustType::Integer;
    match sql_type(field, model.live.strict) {
        Some(declared) if !is_definition || is_other_rowid => {
            say(&format!("sql_type = {}", literal(&declared)));
        }
        // Not the rowid, although it is declared as one: `INTEGER PRIMARY KEY DESC`.
        None if is_definition && is_other_rowid && !model.live.without_rowid => say("sql_type = \"INT\""),
        _ => {}
    }
    if field.unchecked && !is_definition {
        say("unchecked");
    }
    if let Some(generated) = &column.generated {
        say(&format!("generated = {}", literal(generated.expression.on(Engine::Sqlite).unwrap_or_default())));
        say(match generated.storage {
            GeneratedStorage::Virtual => "virtual",
            GeneratedStorage::Stored => "stored",
        });
    } else if let Some(value) = field.rust_default(&model.enums) {
        say(&format!("default = {value}"));
    } else if let Some(sql) = default_sql(&column.default) {
        say(&format!("default_sql = {}", literal(&sql)));
    }
    if let Some(check) = field.check.as_deref().filter(|_| !is_definition) {
        say(&format!("check = {}", literal(check)));
    }
    words
}

/// The parent as a path: every struct stands beside the schema, as many modules up as `up` says.
fn parent(model: &Model<'_>, reference: &Reference<'_>, up: &str) -> String {
    let path = if reference.parent == model.ident {
        reference.parent.clone()
    } else {
        format!("{up}{}", reference.parent)
    };
    match &reference.parent_fields[..] {
        [] => path,
        [field] if reference.fields.len() == 1 && name::unraw(field).starts_with(char::is_lowercase) => {
            format!("{path}::{field}")
        }
        fields => format!("{path}({})", fields.join(", ")),
    }
}

fn foreign_key(model: &Model<'_>, reference: &Reference<'_>, up: &str) -> String {
    let mut words = vec![
        format!("columns({})", names(model, &reference.fields)),
        format!("references = {}", parent(model, reference, up)),
    ];
    words.extend(actions(reference));
    format!("foreign_key({})", words.join(", "))
}

fn actions(reference: &Reference<'_>) -> Vec<String> {
    let key = reference.live;
    let mut words = Vec::new();
    for (event, action) in [("on_delete", key.on_delete), ("on_update", key.on_update)] {
        let action = match action {
            ForeignKeyAction::NoAction => continue,
            ForeignKeyAction::Restrict => "restrict",
            ForeignKeyAction::SetNull => "set_null",
            ForeignKeyAction::SetDefault => "set_default",
            ForeignKeyAction::Cascade => "cascade",
        };
        words.push(format!("{event} = {action}"));
    }
    match key.deferrable {
        Deferrable::Not => {}
        Deferrable::InitiallyImmediate => words.push("deferrable".to_owned()),
        Deferrable::InitiallyDeferred => words.push("deferrable = initially_deferred".to_owned()),
    }
    words
}

fn type_text(model: &Model<'_>, field: &Field<'_>) -> String {
    let plain = match &field.ty {
        RustType::Enum(at) => model.enums.get(*at).map_or("String", |one| one.ident.as_str()),
        other => plain(other),
    };
    if field.nullable { format!("Option<{plain}>") } else { plain.to_owned() }
}

/// The type as it is written.
pub(super) fn plain(ty: &RustType) -> &'static str {
    match ty {
        RustType::Integer => "i64",
        RustType::Real => "f64",
        RustType::Boolean => "bool",
        RustType::Text | RustType::Enum(_) => "String",
        RustType::Bytes => "Vec<u8>",
        RustType::Value => "Value",
        RustType::Instant => "OffsetDateTime",
        RustType::Date => "Date",
        RustType::Time => "Time",
    }
}

fn enumeration(text: &mut String, one: &Enumeration) {
    doc(text, "", &one.doc);
    text.push_str("#[derive(SqlEnum, Clone, Copy, Debug, PartialEq, Eq)]\n");
    text.extend(["pub enum ", &one.ident, " {\n"]);
    for (ident, value) in &one.variants {
        doc(text, "    ", &format!("`{}`.", shown(value)));
        if name::derived_snake(ident) != *value {
            text.extend(["    #[sql_enum(name = ", &literal(value), ")]\n"]);
        }
        text.extend(["    ", ident, ",\n"]);
    }
    text.push_str("}\n");
}
