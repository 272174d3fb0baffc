//! What the attributes of a view mean.

use syn::{DeriveInput, LitStr};

use crate::{
    attribute::{self, Item, Sql},
    errors::Errors,
    names,
    statement::{self, Kind},
    table::{
        Column, Table, Trigger,
        attr::Attributes,
        words::{no_repeats, unknown},
    },
};

/// A struct as a view.
pub(super) struct View {
    /// Its name and columns, as those of a table.
    pub(super) shape: Table,
    /// The SELECT, or the whole statement.
    pub(super) sql: Option<Sql>,
}

const WORDS: [&str; 4] = ["name", "sql", "definition", "trigger"];

const COLUMN_WORDS: [&str; 5] = ["name", "json", "stored", "sql_type", "skip"];

const EXAMPLE: &str = "#[view(sql = \"SELECT ..\")]";

pub(super) fn view(input: &DeriveInput, attributes: &Attributes<'_>, errors: &Errors) -> Option<View> {
    let mut view = View {
        shape: Table {
            doc: attribute::doc(&input.attrs),
            name: names::snake_case(&input.ident.to_string()),
            ..Table::empty(input)
        },
        sql: None,
    };
    no_repeats(&attributes.table, &["trigger"], "view", errors);
    let mut name = None;
    let (mut select, mut definition) = (None, None);
    for item in &attributes.table {
        match item.name.to_string().as_str() {
            "name" => name = item.text(errors),
            "sql" => select = Some(item),
            "definition" => definition = Some(item),
            "trigger" => view.shape.triggers.extend(Trigger::of(item, errors)),
            other => unknown(item, other, "view", &WORDS, errors),
        }
    }
    if let Some(name) = &name {
        view.shape.name = name.value();
    }
    match (select, definition) {
        (Some(_), Some(definition)) => {
            errors.at(
                definition,
                "a view has `sql`, its SELECT, or `definition`, the whole statement: remove one of them",
            );
        }
        (Some(item), None) => view.sql = self::select(item, errors),
        (None, Some(item)) => view.sql = whole(item, name.as_ref(), &mut view.shape, errors),
        (None, None) => {
            errors.at(&input.ident, format_args!("a view has its SELECT: write `{EXAMPLE}` on the struct"));
        }
    }
    for (field, items) in &attributes.fields {
        let (known, others): (Vec<Item>, Vec<Item>) =
            items.iter().cloned().partition(|item| COLUMN_WORDS.iter().any(|word| item.name == word));
        for item in &others {
            of_a_table(item, errors);
        }
        match Column::read(field, &known, errors) {
            Some(column) => view.shape.columns.push(column),
            None => view.shape.skipped.push((*field).clone()),
        }
    }
    Some(view)
}

/// A word that a view's column does not take.
fn of_a_table(item: &Item, errors: &Errors) {
    let word = item.name.to_string();
    let said = match word.as_str() {
        "primary_key" | "unique" | "index" | "references" | "check" | "check_fn" | "default"
        | "default_sql" | "created_at" | "updated_at" | "soft_delete" | "version" | "generated"
        | "collate" => "a view only reads: it belongs to the table's struct",
        "renamed_from" | "backfill" | "convert" => "a view keeps no rows: nothing has to be moved",
        _ => return unknown(item, &word, "column", &COLUMN_WORDS, errors),
    };
    errors.at(&item.name, format_args!("`{word}` on a view's column: {said}"));
}

/// `sql = "SELECT .."`.
fn select(item: &Item, errors: &Errors) -> Option<Sql> {
    let sql = Sql::of(item, errors)?;
    for text in sql.texts() {
        let value = text.value();
        if statement::first_word(&value).is_some_and(|word| word.eq_ignore_ascii_case("CREATE")) {
            errors.at(
                text,
                "`sql` is the view's SELECT; the whole statement is `definition = \"CREATE VIEW ..\"`",
            );
        } else if !statement::first_word(&value).is_some_and(|word| {
            ["SELECT", "WITH", "VALUES"].iter().any(|begin| word.eq_ignore_ascii_case(begin))
        }) {
            errors.at(text, format_args!("a view is written as its SELECT: `{EXAMPLE}`"));
        }
    }
    Some(sql)
}

/// `definition = "CREATE VIEW .."`, which names the view.
fn whole(item: &Item, name: Option<&LitStr>, shape: &mut Table, errors: &Errors) -> Option<Sql> {
    let sql = Sql::of(item, errors)?;
    for text in sql.texts() {
        let created = statement::expect(text, Kind::View, errors)?;
        if let Some(name) = name {
            statement::agree(name, &created, errors);
        }
        shape.name = created.name;
    }
    Some(sql)
}
