//! Views: a struct where their columns are known, their text where not.

use std::borrow::Cow;
use std::collections::HashSet;

use schema_core::dialect::quote_identifier;
use schema_core::model::{ColumnDef, Engine, List, SchemaDef, SqlText, TableDef, ViewDef};
use schema_core::rusqlite::Connection;

use super::model::Model;
use super::name::{self, Names};
use super::rust_type::{RustType, rust_type};
use super::said::said;
use super::{PullOptions, build};
use crate::Result;
use crate::diff::{Answers, Change, compare};
use crate::inspect::{can_build, execute, materialise, replay};
use crate::sql::tokens;

/// Rounds in which views may fall back: to their text, then to no struct.
const ROUNDS: usize = 4;

/// A view as a struct.
#[derive(Debug)]
pub(super) struct ViewModel<'a> {
    pub(super) live: &'a ViewDef,
    pub(super) ident: String,
    pub(super) fields: Vec<ViewField>,
    /// What stands behind AS; `None` where the whole text is written.
    pub(super) select: Option<String>,
}

/// A column of a view.
#[derive(Debug)]
pub(super) struct ViewField {
    pub(super) column: String,
    pub(super) ident: String,
    pub(super) ty: RustType,
}

/// The views of a schema.
#[derive(Debug)]
pub(super) struct Views<'a> {
    /// Those with a struct.
    pub(super) models: Vec<ViewModel<'a>>,
    /// Those of which nothing but the text is known.
    pub(super) verbatim: Vec<&'a ViewDef>,
}

impl<'a> Views<'a> {
    pub(super) fn of(live: &'a SchemaDef, options: &PullOptions, types: &mut Names) -> Result<Self> {
        let mut views = Self { models: Vec::new(), verbatim: Vec::new() };
        if live.views.is_empty() {
            return Ok(views);
        }
        let scratch = replay(&mentioned(live))?;
        for view in live.views.iter().map(Cow::as_ref) {
            let columns = columns(&scratch, &view.name).unwrap_or_default();
            let names: HashSet<String> = columns.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
            if columns.is_empty() || names.len() < columns.len() || names.contains("") {
                views.verbatim.push(view);
            } else {
                views.models.push(model(view, columns, options, types));
            }
        }
        Ok(views)
    }

    /// Compares views and tables as a whole. A view that differs falls back to its own words, and all
    /// of them where SQLite refuses them together. Gives what is different even then.
    pub(super) fn settle(&mut self, live: &SchemaDef, tables: &[Model<'_>]) -> Result<Vec<String>> {
        if live.views.is_empty() {
            return Ok(Vec::new());
        }
        let tables: List<Cow<'static, TableDef>> =
            tables.iter().map(|model| Cow::Owned(said(model))).collect();
        let answers = Answers { no_renames: true, ..Answers::default() };
        let mut left = Vec::new();
        for _ in 0..ROUNDS {
            left = match materialise(&self.said(live, &tables)) {
                Ok(built) => {
                    let changes = compare(live, &built, &built, &answers)?.changes;
                    let mut moved = false;
                    for view in self.models.iter_mut().filter(|view| view.select.is_some()) {
                        let differs = |change: &Change| change.table().eq_ignore_ascii_case(&view.live.name);
                        if changes.iter().any(differs) {
                            (view.select, moved) = (None, true);
                        }
                    }
                    let texts = changes.iter().map(ToString::to_string).collect();
                    if !moved {
                        return Ok(texts);
                    }
                    texts
                }
                Err(error) if self.models.iter().all(|view| view.select.is_none()) => {
                    self.verbatim.extend(self.models.drain(..).map(|view| view.live));
                    vec![error.to_string()]
                }
                Err(error) => {
                    self.models.iter_mut().for_each(|view| view.select = None);
                    vec![error.to_string()]
                }
            };
        }
        Ok(left)
    }

    fn said(&self, live: &SchemaDef, tables: &List<Cow<'static, TableDef>>) -> SchemaDef {
        let of_models = self.models.iter().map(|view| Cow::Owned(view.said()));
        let verbatim = self.verbatim.iter().map(|view| Cow::Owned((*view).clone()));
        SchemaDef {
            tables: tables.clone(),
            views: of_models.chain(verbatim).collect(),
            virtual_tables: live.virtual_tables.iter().filter(|table| can_build(table)).cloned().collect(),
            ..SchemaDef::EMPTY
        }
    }

    /// The statements of the views that have no struct.
    pub(super) fn sql(&self) -> impl Iterator<Item = String> {
        let texts = self.verbatim.iter().flat_map(|view| {
            std::iter::once(&view.sql).chain(view.triggers.iter().map(|trigger| &trigger.sql))
        });
        texts.filter_map(|sql| sql.on(Engine::Sqlite)).map(str::to_owned)
    }
}

fn model<'a>(
    view: &'a ViewDef,
    columns: Vec<(String, String)>,
    options: &PullOptions,
    types: &mut Names,
) -> ViewModel<'a> {
    let mut taken = Names::of_fields();
    let fields = columns.into_iter().map(|(column, declared)| {
        let kinds = options.facts.as_ref().and_then(|facts| facts.of(&view.name, &column));
        let snake = name::snake(&column);
        let wanted = if snake.is_empty() { "nameless" } else { snake.as_str() };
        let ident = name::field(&taken.take(wanted, "_", |_| Vec::new()));
        ViewField { ident, ty: rust_type(&declared, kinds, options.times), column }
    });
    let fields = fields.collect();
    let wanted = match name::pascal(&view.name) {
        empty if empty.is_empty() => "Nameless".to_owned(),
        ident => ident,
    };
    let ident = types.take(&wanted, "View", build::companions);
    let text = view.sql.on(Engine::Sqlite).unwrap_or_default();
    ViewModel { live: view, ident, fields, select: select(text) }
}

impl ViewModel<'_> {
    /// The view as the struct declares it.
    pub(super) fn said(&self) -> ViewDef {
        ViewDef {
            name: self.live.name.clone(),
            sql: self
                .select
                .as_ref()
                .map_or_else(|| self.live.sql.clone(), |select| SqlText::owned(select.clone())),
            triggers: self.live.triggers.clone(),
            columns: self
                .fields
                .iter()
                .map(|field| ColumnDef { name: field.column.clone().into(), ..ColumnDef::EMPTY })
                .collect(),
            ..ViewDef::EMPTY
        }
    }
}

/// The views, and the tables that are named in them: to know a view's columns nothing else is needed.
fn mentioned(live: &SchemaDef) -> SchemaDef {
    let mut words: HashSet<String> = HashSet::new();
    for view in live.views.iter() {
        let text = view.sql.on(Engine::Sqlite).unwrap_or_default();
        words.extend(tokens(text).unwrap_or_default().iter().map(|token| token.name().to_ascii_lowercase()));
    }
    let is_named = |name: &str| words.contains(&name.to_ascii_lowercase());
    SchemaDef {
        tables: live.tables.iter().filter(|table| is_named(&table.name)).cloned().collect(),
        virtual_tables: live.virtual_tables.iter().filter(|table| is_named(&table.name)).cloned().collect(),
        views: live.views.clone(),
        ..SchemaDef::EMPTY
    }
}

/// Names and declared types of a view's columns.
fn columns(scratch: &Connection, view: &str) -> Result<Vec<(String, String)>> {
    let sql = format!("SELECT * FROM {} LIMIT 0", quote_identifier(view));
    // Stands in for functions that only the application knows.
    execute(scratch, &sql)?;
    let statement = scratch.prepare(&sql)?;
    let declared: Vec<bool> = statement.columns().map(|column| column.decl_type().is_some()).collect();
    let mut statement = scratch.prepare("SELECT name, type FROM pragma_table_xinfo(?1) ORDER BY cid")?;
    let rows = statement.query_map([view], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut columns: Vec<(String, String)> = rows.collect::<schema_core::rusqlite::Result<_>>()?;
    for (position, (_, sql_type)) in columns.iter_mut().enumerate() {
        // SQLite's name for an affinity, not for what is stored: a column without a type is BLOB there.
        let is_declared = declared.get(position).copied().unwrap_or(false);
        if !is_declared && ["BLOB", "NUM"].contains(&sql_type.as_str()) {
            sql_type.clear();
        }
    }
    Ok(columns)
}

/// What stands behind AS, unless the view names its columns itself.
fn select(text: &str) -> Option<String> {
    let all = tokens(text).ok()?;
    let view = all.iter().position(|token| token.is("VIEW"))?;
    let at = all.iter().skip(view).position(|token| token.is("AS"))? + view;
    if all[view..at].iter().any(|token| token.is_symbol("(")) {
        return None;
    }
    let select = text.get(all[at].end..)?.trim();
    (!select.is_empty()).then(|| select.to_owned())
}

#[cfg(test)]
mod tests {
    use super::select;

    #[test]
    fn the_select_of_a_view_is_cut_out_as_it_stands() {
        assert_eq!(select("CREATE VIEW v AS\n SELECT 1 AS a -- x").as_deref(), Some("SELECT 1 AS a -- x"));
        assert_eq!(select("CREATE VIEW v(a) AS SELECT 1"), None);
        assert_eq!(select("CREATE VIEW \"as\" AS SELECT (1)").as_deref(), Some("SELECT (1)"));
    }
}
