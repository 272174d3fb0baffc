//! What the derive makes of the attributes: the declaration that is compared with the live table.

use std::borrow::Cow;

use schema_core::dialect::quote_text;
use schema_core::model::{
    CheckDef, ColumnDef, DefaultDef, Engine, ForeignKeyDef, IndexDef, KeyColumn, List, PrimaryKeyDef,
    SqlText, TableDef, TriggerDef, UniqueDef,
};

use super::model::{Field, IndexForm, Model, Reference};

/// The table as the model declares it.
pub(super) fn said(model: &Model<'_>) -> TableDef {
    let live = model.live;
    let indexes: List<IndexDef> = live
        .indexes
        .iter()
        .zip(&model.indexes)
        .map(|(index, form)| match form {
            IndexForm::Sql => index.clone(),
            IndexForm::OnField(_) | IndexForm::OnTable(_) => IndexDef { sql: None, ..index.clone() },
        })
        .collect();
    let triggers: List<TriggerDef> = live.triggers.clone();
    if model.is_definition() {
        return TableDef { indexes, triggers, ..live.clone() };
    }
    let references = model.fields.iter().filter_map(|field| field.references.as_ref());
    TableDef {
        name: live.name.clone(),
        columns: model.fields.iter().map(|field| column(model, field)).collect(),
        primary_key: live.primary_key.as_ref().map(|key| PrimaryKeyDef {
            name: None,
            columns: plain(&key.columns),
            autoincrement: key.autoincrement,
            conflict: None,
            rowid_alias: key.rowid_alias,
        }),
        uniques: live
            .uniques
            .iter()
            .map(|unique| UniqueDef { name: None, columns: plain(&unique.columns), conflict: None })
            .collect(),
        foreign_keys: references.chain(&model.foreign_keys).map(foreign_key).collect(),
        checks: checks(model),
        indexes,
        triggers,
        strict: live.strict,
        without_rowid: live.without_rowid,
        ..TableDef::EMPTY
    }
}

/// Attributes name the columns of a key and nothing else.
fn plain(columns: &[KeyColumn]) -> List<KeyColumn> {
    columns.iter().map(|column| KeyColumn { collation: None, descending: false, ..column.clone() }).collect()
}

fn column(model: &Model<'_>, field: &Field<'_>) -> ColumnDef {
    let live = field.column;
    ColumnDef {
        name: live.name.clone(),
        sql_type: sql_type(field, model.live.strict)
            .map_or(Cow::Borrowed(field.ty.storage(model.live.strict)), Cow::Owned),
        nullable: field.nullable,
        default: match field.rust_default(&model.enums) {
            Some(_) => live.default.clone(),
            None => default_sql(&live.default)
                .map_or(DefaultDef::None, |sql| DefaultDef::Sql(SqlText::owned(sql))),
        },
        collation: live.collation.clone(),
        generated: live.generated.clone(),
        domain: field.domain(&model.enums),
        ..ColumnDef::EMPTY
    }
}

/// The declared type, where it is not the Rust type's own.
pub(super) fn sql_type(field: &Field<'_>, strict: bool) -> Option<String> {
    let declared = field.column.sql_type.as_ref();
    (!declared.eq_ignore_ascii_case(field.ty.storage(strict))).then(|| declared.to_owned())
}

/// A default as SQL.
pub(super) fn default_sql(default: &DefaultDef) -> Option<String> {
    Some(match default {
        DefaultDef::Integer(value) => value.to_string(),
        DefaultDef::Real(value) if value.is_infinite() => {
            if *value > 0.0 { "9e999" } else { "-9e999" }.to_owned()
        }
        DefaultDef::Real(value) => format!("{value:?}"),
        DefaultDef::Text(text) => quote_text(text),
        DefaultDef::Boolean(value) => i32::from(*value).to_string(),
        DefaultDef::Sql(sql) => sql.on(Engine::Sqlite)?.to_owned(),
        DefaultDef::None | DefaultDef::Now | DefaultDef::UuidV7 => return None,
    })
}

fn foreign_key(reference: &Reference<'_>) -> ForeignKeyDef {
    let references = if reference.parent_fields.is_empty() {
        List::Borrowed(&[][..])
    } else if reference.live.references.is_empty() {
        reference.parent_columns.iter().cloned().collect()
    } else {
        reference.live.references.clone()
    };
    ForeignKeyDef { name: None, references, ..reference.live.clone() }
}

fn checks(model: &Model<'_>) -> List<CheckDef> {
    let on_columns = model.fields.iter().filter_map(|field| {
        Some(CheckDef {
            name: None,
            expression: SqlText::owned(field.check.clone()?),
            column: Some(field.column.name.clone()),
        })
    });
    let on_table = model.checks.iter().map(|(name, text)| CheckDef {
        name: Some(name.clone().into()),
        expression: SqlText::owned(text.clone()),
        column: None,
    });
    on_columns.chain(on_table).collect()
}
