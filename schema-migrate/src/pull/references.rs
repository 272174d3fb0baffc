//! Foreign keys: which of them an attribute can say.

use std::collections::HashMap;

use schema_core::model::{DefaultDef, ForeignKeyAction, ForeignKeyDef, SchemaDef};

use super::model::{Model, Reference};
use super::rust_type::RustType;

/// What a foreign key needs to know of its parent.
struct Parent {
    ident: String,
    /// Name of each field, and its type.
    fields: HashMap<String, (String, RustType, bool)>,
    key: Vec<String>,
    /// Whether the derive takes a child of several columns for one of the key's: not where one admits NULL.
    fits: bool,
    sets: Vec<Vec<String>>,
}

/// Gives each model its foreign keys, or says why one stays SQL.
pub(super) fn settle<'a>(models: &mut [Model<'a>], live: &'a SchemaDef) {
    let parents: HashMap<String, Parent> =
        models.iter().map(|model| (model.live.name.to_ascii_lowercase(), parent(model))).collect();
    for model in models {
        let live: &'a [ForeignKeyDef] = match live.table(&model.live.name) {
            Some(table) => &table.foreign_keys,
            None => continue,
        };
        for key in live {
            match reference(model, key, parents.get(&key.table.to_ascii_lowercase())) {
                Ok(reference) => add(model, reference),
                Err(why) => {
                    let columns = key.columns.join(", ");
                    model.unsaid.push(format!("a foreign key ({columns}) to {}: {why}", key.table));
                }
            }
        }
    }
}

fn parent(model: &Model<'_>) -> Parent {
    let name = |position: &usize| model.fields[*position].column.name.to_ascii_lowercase();
    let single = model.fields.iter().position(|field| field.primary_key);
    let key: Vec<String> = match single {
        Some(position) => vec![name(&position)],
        None => model.key.iter().map(name).collect(),
    };
    let fields = model.fields.iter().map(|field| {
        let is_unique = field.unique || field.primary_key;
        (field.column.name.to_ascii_lowercase(), (field.ident.clone(), field.ty.clone(), is_unique))
    });
    let fits = single.is_some() || model.key.iter().all(|position| !model.fields[*position].nullable);
    Parent {
        ident: model.ident.clone(),
        fields: fields.collect(),
        sets: model.uniques.iter().map(|set| set.iter().map(name).collect()).collect(),
        key,
        fits,
    }
}

fn reference<'a>(
    model: &Model<'_>,
    key: &'a ForeignKeyDef,
    parent: Option<&Parent>,
) -> Result<Reference<'a>, &'static str> {
    let parent = parent.ok_or("there is no such table")?;
    let columns: Vec<String> = if key.references.is_empty() {
        parent.key.clone()
    } else {
        key.references.iter().map(|column| column.to_ascii_lowercase()).collect()
    };
    if columns.is_empty() || columns.len() != key.columns.len() {
        return Err("its columns are not as many as the key's");
    }
    let mut fields = Vec::with_capacity(columns.len());
    let mut parent_fields = Vec::with_capacity(columns.len());
    for (child, column) in key.columns.iter().zip(&columns) {
        let position = model.position(child).ok_or("there is no such column")?;
        let (ident, ty, _) = parent.fields.get(column).ok_or("there is no such column")?;
        let of_child = &model.fields[position].ty;
        if of_child != ty || matches!(ty, RustType::Enum(_)) {
            return Err("the types differ");
        }
        let sets_default = [key.on_delete, key.on_update].contains(&ForeignKeyAction::SetDefault);
        if sets_default && model.fields[position].column.default == DefaultDef::None {
            return Err("SET DEFAULT of a column without a default");
        }
        fields.push(position);
        parent_fields.push(ident.clone());
    }
    let reference = |parent_fields: Vec<String>| Reference {
        live: key,
        fields,
        parent: parent.ident.clone(),
        parent_columns: parent_fields.iter().zip(&columns).map(|(_, column)| column.clone().into()).collect(),
        parent_fields,
    };
    if columns == parent.key && parent.fits {
        return Ok(reference(Vec::new()));
    }
    let sorted = |set: &[String]| {
        let mut set = set.to_vec();
        set.sort_unstable();
        set
    };
    let unique = match &columns[..] {
        [only] => parent.fields.get(only).is_some_and(|(_, _, unique)| *unique),
        several => parent.sets.iter().chain([&parent.key]).any(|set| sorted(set) == sorted(several)),
    };
    if !unique {
        return Err("no key of the parent makes its columns unique");
    }
    Ok(reference(parent_fields))
}

fn add<'a>(model: &mut Model<'a>, reference: Reference<'a>) {
    match reference.fields[..] {
        [only] if model.fields[only].references.is_none() => model.fields[only].references = Some(reference),
        _ => model.foreign_keys.push(reference),
    }
}
