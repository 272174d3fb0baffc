//! Unique indexes as what may be in a row's way.

use crate::{
    dialect::quote_identifier,
    error::{Error, Result},
    model::{Engine, IndexDef, IndexTarget},
    record::Table,
};

pub(super) fn index<T: Table>(name: &str) -> Result<&'static IndexDef> {
    let unique = || T::DEF.indexes.iter().filter(|index| index.unique);
    unique().find(|index| index.name == name).ok_or_else(|| {
        let names: Vec<&str> = unique().map(|index| &*index.name).collect();
        let there = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        Error::misuse(format!(
            "`{}` has no unique index `{name}`; nothing was changed. Unique indexes: {there}",
            T::DEF.name
        ))
    })
}

/// What ON CONFLICT has to say so that SQLite finds this index.
pub(super) fn index_target(index: &IndexDef) -> Result<String> {
    if index.sql.is_some() {
        return Err(Error::misuse(format!(
            "the index `{}` is declared by a whole statement, which says nothing of its parts: declare it with \
             `index(unique, ..)`; nothing was changed",
            index.name
        )));
    }
    let parts: Vec<String> = index
        .parts
        .iter()
        .map(|part| {
            let what = match &part.target {
                IndexTarget::Column(name) => quote_identifier(name),
                IndexTarget::Expression(sql) => format!("({})", sql.on(Engine::Sqlite).unwrap_or_default()),
            };
            match &part.collation {
                Some(collation) => format!("{what} COLLATE {}", quote_identifier(collation)),
                None => what,
            }
        })
        .collect();
    let filter = index.filter.as_ref().and_then(|filter| filter.on(Engine::Sqlite));
    let filter = filter.map(|filter| format!(" WHERE {filter}")).unwrap_or_default();
    Ok(format!(" ({}){filter}", parts.join(", ")))
}
