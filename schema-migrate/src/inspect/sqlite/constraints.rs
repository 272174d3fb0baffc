use schema_core::model::{CheckDef, ForeignKeyDef, KeyColumn, PrimaryKeyDef, SqlText, Text, UniqueDef};

use super::definition::{Clause, Constraint, ForeignKeyText, KeyPart, TableText};

/// The keys and checks of a table, in the order of its text.
#[derive(Debug, Default)]
pub(super) struct Constraints {
    pub(super) primary_key: Option<PrimaryKeyDef>,
    pub(super) uniques: Vec<UniqueDef>,
    pub(super) foreign_keys: Vec<ForeignKeyDef>,
    pub(super) checks: Vec<CheckDef>,
}

/// Gathers the constraints from the columns and from the table: where they stand says nothing.
pub(super) fn constraints(text: &TableText) -> Constraints {
    let mut found = Constraints::default();
    for column in &text.columns {
        for constraint in &column.constraints {
            found.add(constraint, Some(&column.name));
        }
    }
    for constraint in &text.constraints {
        found.add(constraint, None);
    }
    found
}

impl Constraints {
    fn add(&mut self, constraint: &Constraint, column: Option<&str>) {
        let name = constraint.name.clone().map(Text::from);
        match &constraint.clause {
            Clause::PrimaryKey { columns, autoincrement, conflict } => {
                self.primary_key = Some(PrimaryKeyDef {
                    name,
                    columns: key_columns(columns, column),
                    autoincrement: *autoincrement,
                    conflict: *conflict,
                    rowid_alias: false,
                });
            }
            Clause::Unique { columns, conflict } => self.uniques.push(UniqueDef {
                name,
                columns: key_columns(columns, column),
                conflict: *conflict,
            }),
            Clause::Check(expression) => self.checks.push(CheckDef {
                name,
                expression: SqlText::owned(expression.clone()),
                column: column.map(|name| name.to_owned().into()),
            }),
            Clause::ForeignKey(key) => self.foreign_keys.push(foreign_key(key, name, column)),
            Clause::NotNull(_) | Clause::Collate(_) | Clause::Generated { .. } | Clause::Other => {}
        }
    }
}

fn key_columns(parts: &[KeyPart], column: Option<&str>) -> schema_core::model::List<KeyColumn> {
    let plain = KeyPart { name: String::new(), collation: None, descending: false };
    let parts = if parts.is_empty() { std::slice::from_ref(&plain) } else { parts };
    parts
        .iter()
        .map(|part| KeyColumn {
            name: column.map_or_else(|| part.name.clone(), str::to_owned).into(),
            collation: part.collation.clone().map(Text::from),
            descending: part.descending,
        })
        .collect()
}

fn foreign_key(key: &ForeignKeyText, name: Option<Text>, column: Option<&str>) -> ForeignKeyDef {
    let columns = match column {
        Some(column) => vec![column.to_owned().into()],
        None => key.columns.iter().cloned().map(Text::from).collect(),
    };
    ForeignKeyDef {
        name,
        columns: columns.into(),
        table: key.table.clone().into(),
        references: key.references.iter().cloned().map(Text::from).collect(),
        on_delete: key.on_delete,
        on_update: key.on_update,
        deferrable: key.deferrable,
    }
}
