use std::path::PathBuf;

use schema_core::model::SchemaDef;

use super::model::{IndexForm, Model};
use super::name::{self, Names};
use super::rust_type::RustType;
use super::view::{ViewModel, Views};
use super::write::{self, Part};
use super::{Fallback, PullOptions, Pulled, SourceFile, build, prove};
use crate::Result;
use crate::inspect::can_build;
use crate::keep::is_kept;

/// More modules than this stand in folders.
const FLAT: usize = 300;

/// Modules a folder.
const FOLDER: usize = 100;

/// Writes the models of a schema that was read from a database. Nothing is read or written here but
/// scratch databases in memory.
pub fn pull(live: &SchemaDef, options: &PullOptions) -> Result<Pulled> {
    let (kept, tables): (Vec<_>, Vec<_>) =
        live.tables.iter().cloned().partition(|table| is_kept(&table.name));
    let live = &SchemaDef { tables: tables.into(), ..live.clone() };
    let mut types = Names::of_types();
    types.reserve([options.schema.clone()]);
    let mut models = build::models(live, options, &mut types);
    prove::settle(&mut models, live)?;
    let mut views = Views::of(live, options, &mut types)?;
    let different = views.settle(live, &models)?;
    let (built, unbuilt): (Vec<_>, Vec<_>) = live.virtual_tables.iter().partition(|table| can_build(table));
    let mut fallbacks = fallbacks(&models, &views);
    fallbacks.extend(built.iter().map(|table| Fallback {
        object: table.name.to_string(),
        written_as: "sql",
        why: "a virtual table".to_owned(),
    }));
    fallbacks.extend(unbuilt.iter().map(|table| Fallback {
        object: table.name.to_string(),
        written_as: "left out",
        why: "this program does not bring its module or tokenizer: it is left as it is".to_owned(),
    }));
    fallbacks.extend(kept.iter().map(|table| Fallback {
        object: table.name.to_string(),
        written_as: "left out",
        why: "it keeps what a migration dropped, and belongs to the migrations".to_owned(),
    }));
    let sql: Vec<String> = built.iter().map(|table| table.sql.to_string()).chain(views.sql()).collect();
    Ok(Pulled {
        files: files(options, &models, &views.models, &sql),
        fallbacks,
        notes: misfits(&models, options),
        different,
        tables: models.len(),
        views: views.models.len(),
        crates: crates(&models, &views.models),
    })
}

fn fallbacks(models: &[Model<'_>], views: &Views<'_>) -> Vec<Fallback> {
    let mut found = Vec::new();
    for model in models {
        if model.is_definition() {
            found.push(Fallback {
                object: model.live.name.to_string(),
                written_as: "definition",
                why: model.unsaid.join(", "),
            });
        }
        let indexes =
            model.live.indexes.iter().zip(&model.indexes).filter(|(_, form)| **form == IndexForm::Sql);
        found.extend(indexes.map(|(index, _)| Fallback {
            object: index.name.to_string(),
            written_as: "index(sql)",
            why: "its parts are more than columns, directions and plain expressions".to_owned(),
        }));
    }
    found.extend(views.models.iter().filter(|view| view.select.is_none()).map(|view| Fallback {
        object: view.live.name.to_string(),
        written_as: "definition",
        why: "the view names its columns itself".to_owned(),
    }));
    found.extend(views.verbatim.iter().map(|view| Fallback {
        object: view.name.to_string(),
        written_as: "sql",
        why: "SQLite does not say the columns of this view".to_owned(),
    }));
    found
}

/// Whether a declaration leaves the values to each row, so that `Value` is what it says.
fn is_any(declared: &str) -> bool {
    declared.is_empty() || declared.eq_ignore_ascii_case("ANY")
}

/// Columns whose values do not fit what they declare, where somebody has looked.
fn misfits(models: &[Model<'_>], options: &PullOptions) -> Vec<String> {
    let Some(facts) = &options.facts else { return Vec::new() };
    let mut notes = Vec::new();
    for model in models {
        for field in model.fields.iter().filter(|field| field.ty == RustType::Value) {
            let (table, column) = (&model.live.name, &field.column.name);
            let declared = &field.column.sql_type;
            let Some(kinds) = facts.of(table, column).filter(|_| !is_any(declared)) else { continue };
            let seen = [
                (kinds.integer, "integers"),
                (kinds.real, "numbers"),
                (kinds.text, "text"),
                (kinds.blob, "blobs"),
            ];
            let seen: Vec<&str> = seen.into_iter().filter(|(is, _)| *is).map(|(_, what)| what).collect();
            if !seen.is_empty() {
                notes.push(format!(
                    "{table}.{column} is declared {declared} and holds {}: read as `Value`",
                    seen.join(" and ")
                ));
            }
        }
    }
    notes.extend(
        facts
            .unseen
            .iter()
            .map(|unseen| format!("not every value of {} was looked at: {}", unseen.object, unseen.why)),
    );
    notes
}

fn crates(models: &[Model<'_>], of_views: &[ViewModel<'_>]) -> Vec<&'static str> {
    let of_tables = models.iter().flat_map(|model| model.fields.iter().map(|field| &field.ty));
    let mut all = of_tables.chain(of_views.iter().flat_map(|view| view.fields.iter().map(|field| &field.ty)));
    if all.any(|ty| matches!(ty, RustType::Instant | RustType::Date | RustType::Time)) {
        vec!["time"]
    } else {
        Vec::new()
    }
}

fn files(
    options: &PullOptions,
    models: &[Model<'_>],
    of_views: &[ViewModel<'_>],
    sql: &[String],
) -> Vec<SourceFile> {
    let mut modules = Names::of_modules();
    modules.reserve([name::derived_snake(&options.schema)]);
    let mut part = |ident: &str, is_view: bool| {
        let wanted = match name::module(ident) {
            empty if empty.is_empty() => if is_view { "view" } else { "table" }.to_owned(),
            module => module,
        };
        let module = modules.take(&wanted, if is_view { "_view" } else { "_table" }, |_| Vec::new());
        Part { module, ident: ident.to_owned(), is_view }
    };
    let of_tables = models.iter().map(|model| (&model.ident, false));
    let all = of_tables.chain(of_views.iter().map(|view| (&view.ident, true)));
    let parts: Vec<Part> = all.map(|(ident, is_view)| part(ident, is_view)).collect();
    let is_flat = parts.len() <= FLAT;
    let up = if is_flat { "super::" } else { "super::super::" };
    let texts = models.iter().map(|model| write::table(model, up)).chain(of_views.iter().map(write::view));
    let folders: Vec<String> = if is_flat {
        Vec::new()
    } else {
        (1..=parts.len().div_ceil(FOLDER)).map(|number| format!("part_{number:03}")).collect()
    };
    let mut files = vec![SourceFile {
        path: PathBuf::from(&options.root),
        text: write::root(&options.schema, &parts, &folders, sql),
        object: None,
    }];
    for (folder, parts) in folders.iter().zip(parts.chunks(FOLDER)) {
        let path = PathBuf::from(folder).join("mod.rs");
        files.push(SourceFile { path, text: write::folder(parts), object: None });
    }
    let of_tables = models.iter().map(|model| &model.live.name);
    let objects = of_tables.chain(of_views.iter().map(|view| &view.live.name));
    for (position, ((part, text), object)) in parts.iter().zip(texts).zip(objects).enumerate() {
        let folder = folders.get(position / FOLDER).map(PathBuf::from).unwrap_or_default();
        let path = folder.join(format!("{}.rs", part.module));
        files.push(SourceFile { path, text, object: Some(object.to_string()) });
    }
    files
}
