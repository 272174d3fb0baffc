//! From live tables to what is written of them.

use std::collections::HashSet;

use schema_core::dialect::sqlite::constraint_name;
use schema_core::model::{CheckDef, Engine, IndexDef, IndexTarget, SchemaDef, TableDef};

use super::comment::comments;
use super::enumeration::{self, InList};
use super::model::{Field, IndexForm, Model};
use super::name::{self, Names};
use super::rust_type::{RustType, rust_type};
use super::singular::singular;
use super::{PullOptions, references, write};

/// Every table as a model, its foreign keys included.
pub(super) fn models<'a>(live: &'a SchemaDef, options: &PullOptions, types: &mut Names) -> Vec<Model<'a>> {
    let mut models: Vec<Model<'a>> =
        live.tables.iter().map(|table| model(table.as_ref(), options, types)).collect();
    references::settle(&mut models, live);
    models
}

/// The names that the derive makes beside a struct's.
pub(super) fn companions(ident: &str) -> Vec<String> {
    vec![
        format!("New{ident}"),
        format!("{ident}Update"),
        format!("{ident}Columns"),
        format!("{ident}Repository"),
        format!("{ident}Matches"),
    ]
}

fn model<'a>(table: &'a TableDef, options: &PullOptions, types: &mut Names) -> Model<'a> {
    let said = table.sql.as_deref().map(comments).unwrap_or_default();
    let wanted = match name::pascal(&singular(&name::snake(&table.name))) {
        empty if empty.is_empty() => "Nameless".to_owned(),
        ident => ident,
    };
    let ident = types.take(&wanted, "Row", companions);
    let mut model = Model {
        live: table,
        ident,
        doc: said.table,
        fields: Vec::with_capacity(table.columns.len()),
        enums: Vec::new(),
        key: Vec::new(),
        uniques: Vec::new(),
        checks: Vec::new(),
        foreign_keys: Vec::new(),
        indexes: Vec::new(),
        unsaid: Vec::new(),
    };
    let mut taken = Names::of_fields();
    for (position, column) in table.columns.iter().enumerate() {
        let kinds = options.facts.as_ref().and_then(|facts| facts.of(&table.name, &column.name));
        let ty = rust_type(&column.sql_type, kinds, options.times);
        let snake = name::snake(&column.name);
        let wanted = if snake.is_empty() { "nameless" } else { snake.as_str() };
        model.fields.push(Field {
            column,
            ident: name::field(&taken.take(wanted, "_", |_| Vec::new())),
            doc: said.columns.get(position).cloned().flatten(),
            unchecked: ty == RustType::Boolean,
            ty,
            nullable: column.nullable,
            primary_key: false,
            unique: false,
            check: None,
            references: None,
        });
    }
    keys(&mut model);
    checks(&mut model, types);
    set_names(&mut model, &mut taken);
    for field in
        model.fields.iter().filter(|field| field.column.collation.is_some() && !field.ty.is_collated())
    {
        model.unsaid.push(format!("COLLATE on {}, which is no text", field.column.name));
    }
    model.indexes = indexes(&model);
    model
}

fn keys(model: &mut Model<'_>) {
    let table = model.live;
    if let Some(key) = &table.primary_key {
        let positions: Vec<usize> =
            key.columns.iter().filter_map(|column| model.position(&column.name)).collect();
        for position in &positions {
            let field = &model.fields[*position];
            if !field.nullable {
                continue;
            }
            model.unsaid.push(format!("a primary key that admits NULL ({})", field.column.name));
        }
        match positions[..] {
            [only] => model.fields[only].primary_key = true,
            _ => model.key = positions,
        }
    }
    for unique in table.uniques.iter() {
        let positions: Vec<usize> =
            unique.columns.iter().filter_map(|column| model.position(&column.name)).collect();
        if let [only] = positions[..] {
            let field = &mut model.fields[only];
            if field.primary_key || field.unique {
                model.unsaid.push(format!("a second key on {}", field.column.name));
            } else {
                field.unique = true;
            }
            continue;
        }
        let sorted = |set: &[usize]| {
            let mut set = set.to_vec();
            set.sort_unstable();
            set
        };
        let twice = sorted(&positions).windows(2).any(|pair| pair[0] == pair[1]);
        if twice || model.uniques.iter().any(|other| sorted(other) == sorted(&positions)) {
            model.unsaid.push("a UNIQUE of columns that are unique together already".to_owned());
        } else {
            model.uniques.push(positions);
        }
    }
}

fn checks(model: &mut Model<'_>, types: &mut Names) {
    let table = model.live;
    let mut names: HashSet<String> = HashSet::new();
    for check in table.checks.iter() {
        let Some(text) = check.expression.on(Engine::Sqlite) else { continue };
        if let Some(InList { column, values }) = enumeration::in_list(text)
            && let Some(position) = model.position(&column)
            && has_usual_name(table, check, &model.fields[position])
            && enumeration::adopt(model, position, values, types)
        {
            names.insert(usual_name(table, &model.fields[position]));
            continue;
        }
        let on = check.column.as_deref().and_then(|column| model.position(column));
        if let Some(position) = on.filter(|position| model.fields[*position].check.is_none())
            && has_usual_name(table, check, &model.fields[position])
            && names.insert(usual_name(table, &model.fields[position]))
        {
            model.fields[position].check = Some(text.to_owned());
            continue;
        }
        match check.name.as_deref() {
            Some(name) if name::is_word(name) && names.insert(name.to_ascii_lowercase()) => {
                model.checks.push((name.to_owned(), text.to_owned()));
            }
            Some(name) => model.unsaid.push(format!("a CHECK of the name {name}")),
            None => {
                let stem = name::module(&table.name);
                let free = (1..).map(|number| match number {
                    1 => format!("{stem}_check"),
                    number => format!("{stem}_check_{number}"),
                });
                let free = free.map(|name| name.trim_start_matches('_').to_owned());
                if let Some(name) = free.into_iter().find(|name| names.insert(name.to_ascii_lowercase())) {
                    model.checks.push((name, text.to_owned()));
                }
            }
        }
    }
}

/// The name that a column's check has by itself.
fn usual_name(table: &TableDef, field: &Field<'_>) -> String {
    constraint_name(&table.name, [field.column.name.as_ref()], "check").to_ascii_lowercase()
}

fn has_usual_name(table: &TableDef, check: &CheckDef, field: &Field<'_>) -> bool {
    check.name.as_deref().is_none_or(|name| name.eq_ignore_ascii_case(&usual_name(table, field)))
}

/// A set of fields that are unique together is a field of the columns, `a_b`: no column may have its name.
fn set_names(model: &mut Model<'_>, taken: &mut Names) {
    for _ in 0..4 {
        let sets: Vec<String> = model
            .uniques
            .iter()
            .chain([&model.key])
            .filter(|set| set.len() > 1)
            .map(|set| {
                let names = set.iter().map(|position| name::unraw(&model.fields[*position].ident));
                names.collect::<Vec<_>>().join("_")
            })
            .collect();
        taken.reserve(sets.iter().cloned());
        let mut clashes = 0;
        for field in &mut model.fields {
            if sets.iter().any(|set| *set == name::unraw(&field.ident)) {
                let wanted = format!("{}_column", name::unraw(&field.ident));
                field.ident = name::field(&taken.take(&wanted, "_", |_| Vec::new()));
                clashes += 1;
            }
        }
        if clashes == 0 {
            return;
        }
    }
}

fn indexes(model: &Model<'_>) -> Vec<IndexForm> {
    let mut on_field: HashSet<usize> = HashSet::new();
    let mut forms = Vec::with_capacity(model.live.indexes.len());
    for index in model.live.indexes.iter() {
        let form = match (plain_column(index), words(model, index)) {
            (Some(column), _)
                if model.position(column).is_some_and(|position| {
                    let usual = constraint_name(
                        &model.live.name,
                        [model.fields[position].column.name.as_ref()],
                        "idx",
                    );
                    index.name == usual && !model.fields[position].unique && on_field.insert(position)
                }) =>
            {
                model.position(column).map_or(IndexForm::Sql, IndexForm::OnField)
            }
            (_, Some(words)) => IndexForm::OnTable(words),
            (_, None) => IndexForm::Sql,
        };
        forms.push(form);
    }
    forms
}

/// The column of an index over one column and nothing else.
fn plain_column(index: &IndexDef) -> Option<&str> {
    match (index.parts.as_ref(), index.unique, &index.filter) {
        ([part], false, None) if part.collation.is_none() && !part.descending => match &part.target {
            IndexTarget::Column(name) => Some(name),
            IndexTarget::Expression(_) => None,
        },
        _ => None,
    }
}

/// What stands in the parentheses of `index(..)`; `None` where its words do not say the index.
fn words(model: &Model<'_>, index: &IndexDef) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut usual = Vec::new();
    for part in index.parts.iter() {
        match &part.target {
            IndexTarget::Column(column) => {
                let field = &model.fields[model.position(column)?];
                let mut word = field.ident.clone();
                if let Some(collation) = &part.collation {
                    if !name::is_word(collation) {
                        return None;
                    }
                    word.push_str(" collate ");
                    word.push_str(&collation.to_ascii_lowercase());
                }
                if part.descending {
                    word.push_str(" desc");
                }
                words.push(word);
                usual.push(field.column.name.as_ref());
            }
            IndexTarget::Expression(sql) if !part.descending && part.collation.is_none() => {
                words.push(format!("expr = {}", write::literal(sql.on(Engine::Sqlite)?)));
                usual.push("expr");
            }
            IndexTarget::Expression(_) => return None,
        }
    }
    if index.unique {
        words.push("unique".to_owned());
    }
    let kind = if index.unique { "key" } else { "idx" };
    if index.name != constraint_name(&model.live.name, usual, kind) {
        words.push(format!("name = {}", write::literal(&index.name)));
    }
    if let Some(filter) = &index.filter {
        words.push(format!("where = {}", write::literal(filter.on(Engine::Sqlite)?)));
    }
    Some(words)
}
