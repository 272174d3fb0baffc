use schema_core::model::Engine;

use super::attribute::{attributes, doc, group_attribute, text_attribute};
use super::import::imports;
use super::literal;
use super::table::{plain, shown};
use crate::pull::name;
use crate::pull::view::ViewModel;

/// The source of a view.
pub(in crate::pull) fn view(model: &ViewModel<'_>) -> String {
    let mut text = String::new();
    imports(&mut text, "View", model.fields.iter().map(|field| &field.ty));
    doc(&mut text, "", &format!("View `{}`.", shown(&model.live.name)));
    text.push_str("#[derive(View, Clone, Debug, PartialEq)]\n");
    match &model.select {
        Some(select) => {
            if name::derived_snake(&model.ident) != model.live.name {
                text_attribute(&mut text, "view", &format!("name = {}", literal(&model.live.name)));
            }
            text_attribute(&mut text, "view", &format!("sql = {}", literal(select)));
        }
        None => {
            let sql = model.live.sql.on(Engine::Sqlite).unwrap_or_default();
            text_attribute(&mut text, "view", &format!("definition = {}", literal(sql)));
        }
    }
    for trigger in model.live.triggers.iter() {
        let sql = trigger.sql.on(Engine::Sqlite).unwrap_or_default();
        group_attribute(&mut text, "view", "trigger", &[format!("sql = {}", literal(sql))]);
    }
    text.extend(["pub struct ", &model.ident, " {\n"]);
    for field in &model.fields {
        doc(&mut text, "    ", &format!("Column `{}`.", shown(&field.column)));
        let mut words = Vec::new();
        if name::unraw(&field.ident) != field.column {
            words.push(format!("name = {}", literal(&field.column)));
        }
        attributes(&mut text, "    ", "column", &words);
        text.extend(["    pub ", &field.ident, ": Option<", plain(&field.ty), ">,\n"]);
    }
    text.push_str("}\n");
    text
}
