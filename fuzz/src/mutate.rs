use crate::generate;
use crate::kinds;
use crate::names;
use crate::random::Random;
use crate::schema::{Rule, Schema, Table};

/// Changes one thing; what comes out need not be a schema that SQLite accepts.
pub(crate) fn change(random: &mut Random, schema: &mut Schema) {
    if schema.tables.is_empty() || random.percent(7) {
        let table = generate::table(random, schema);
        schema.tables.push(table);
        return;
    }
    let position = random.below(schema.tables.len());
    match random.below(34) {
        0 => {
            let id = schema.tables[position].id;
            schema.remove(id);
        }
        1 => schema.tables[position].name = names::object(random, schema),
        2 => {
            let other = names::other_case(&schema.tables[position].name);
            schema.tables[position].name = other;
        }
        3 => {
            let other = random.below(schema.tables.len());
            let name = schema.tables[position].name.clone();
            schema.tables[position].name = std::mem::replace(&mut schema.tables[other].name, name);
        }
        4 => {
            schema.tables[position].strict ^= true;
            if schema.tables[position].strict {
                for column in &mut schema.tables[position].columns {
                    column.sql_type = fitting(&column.sql_type).to_owned();
                }
            }
        }
        5 => schema.tables[position].without_rowid ^= true,
        6 => schema.tables[position].comments ^= true,
        7 => {
            let table = &mut schema.tables[position];
            random.shuffle(&mut table.columns);
        }
        8 => generate::add_primary_key(random, &mut schema.tables[position]),
        9 => generate::add_unique(random, &mut schema.tables[position]),
        10 => generate::add_check(random, &mut schema.tables[position]),
        11 => generate::add_foreign_key(random, schema, position),
        12 | 13 => constraint(random, &mut schema.tables[position]),
        14 => generate::add_index(random, schema, position),
        15 | 16 => index(random, schema, position),
        17 => generate::add_trigger(random, schema, position),
        18 => trigger(random, schema, position),
        19 => generate::add_view(random, schema),
        20 => view(random, schema),
        21 => {
            for constraint in &mut schema.tables[position].constraints {
                constraint.inline ^= true;
            }
        }
        22 => schema.style = random.bits() | 1,
        23 | 24 => {
            let id = schema.free_id();
            let table = &mut schema.tables[position];
            let column = generate::column(random, table, id);
            let place =
                if random.percent(50) { table.columns.len() } else { random.below(table.columns.len()) };
            table.columns.insert(place, column);
        }
        25 => {
            if let Some(id) = random.pick_or_none(&schema.tables[position].columns).map(|column| column.id) {
                schema.remove(id);
            }
        }
        _ => column(random, &mut schema.tables[position]),
    }
}

fn column(random: &mut Random, table: &mut Table) {
    let position = random.below(table.columns.len());
    let taken: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
    let strict = table.strict;
    let before = Table { columns: table.columns[..position].to_vec(), ..Table::default() };
    let other = random.below(table.columns.len());
    let swapped = table.columns[other].name.clone();
    let Some(column) = table.columns.get_mut(position) else { return };
    match random.below(12) {
        0 | 1 => column.name = names::column(random, &taken),
        2 => column.name = names::other_case(&column.name),
        3 => {
            let name = std::mem::replace(&mut column.name, swapped);
            table.columns[other].name = name;
        }
        4 => column.sql_type = kinds::sql_type(random, strict),
        5 | 6 => column.not_null = if column.not_null.is_some() { None } else { Some("") },
        7 => column.default = None,
        8 => column.default = Some(kinds::default(random, &column.sql_type, strict)),
        9 => column.collation = if random.percent(50) { None } else { Some("NOCASE") },
        10 => match &mut column.generated {
            Some(generated) if random.percent(50) => generated.stored ^= true,
            Some(_) => column.generated = None,
            None if before.columns.is_empty() => {}
            None => {
                column.default = None;
                column.generated = Some(generate::generated(random, &before));
            }
        },
        _ => column.not_null = Some(*random.pick(&["", "REPLACE", "IGNORE", "FAIL"])),
    }
}

/// A type of STRICT tables near this one.
fn fitting(sql_type: &str) -> &'static str {
    let upper = sql_type.to_ascii_uppercase();
    match () {
        () if upper == "INTEGER" => "INTEGER",
        () if upper.contains("INT") => "INT",
        () if upper.contains("CHAR") || upper.contains("TEXT") => "TEXT",
        () if upper.contains("REAL") || upper.contains("FLOA") || upper.contains("DOUB") => "REAL",
        () => "ANY",
    }
}

fn constraint(random: &mut Random, table: &mut Table) {
    if table.constraints.is_empty() {
        return;
    }
    let position = random.below(table.constraints.len());
    let taken: Vec<String> =
        table.constraints.iter().filter_map(|constraint| constraint.name.clone()).collect();
    let constraint = &mut table.constraints[position];
    match random.below(4) {
        0 | 1 => {
            if matches!(constraint.rule, Rule::PrimaryKey { .. }) {
                table.without_rowid = false;
            }
            table.constraints.remove(position);
        }
        2 => constraint.name = Some(names::column(random, &taken)),
        _ => match &mut constraint.rule {
            Rule::PrimaryKey { autoincrement, .. } => *autoincrement ^= true,
            Rule::Unique { conflict, .. } => *conflict = *random.pick(&["", "REPLACE", "IGNORE"]),
            Rule::ForeignKey { actions, .. } => *actions = generate::actions(random),
            Rule::Check { .. } => generate::add_check(random, table),
        },
    }
}

fn index(random: &mut Random, schema: &mut Schema, position: usize) {
    let table = &schema.tables[position];
    if table.indexes.is_empty() {
        return;
    }
    let chosen = random.below(table.indexes.len());
    let name = table.indexes[chosen].name.clone();
    match random.below(4) {
        0 => {
            schema.tables[position].indexes.remove(chosen);
        }
        1 => {
            let name = names::object(random, schema);
            schema.tables[position].indexes[chosen].name = name;
        }
        2 => schema.tables[position].indexes[chosen].unique ^= true,
        _ => {
            let index = generate::index(random, table, name);
            schema.tables[position].indexes[chosen] = index;
        }
    }
}

fn trigger(random: &mut Random, schema: &mut Schema, position: usize) {
    let table = &schema.tables[position];
    if table.triggers.is_empty() {
        return;
    }
    let chosen = random.below(table.triggers.len());
    let name = table.triggers[chosen].name.clone();
    if random.percent(50) {
        schema.tables[position].triggers.remove(chosen);
    } else {
        let trigger = generate::trigger(random, schema, position, name);
        schema.tables[position].triggers[chosen] = trigger;
    }
}

fn view(random: &mut Random, schema: &mut Schema) {
    let Some(chosen) = random.pick_or_none(&schema.views).cloned() else { return };
    if random.percent(50) {
        schema.remove(chosen.id);
        return;
    }
    let without = Schema {
        views: schema.views.iter().take_while(|view| view.id != chosen.id).cloned().collect(),
        ..schema.clone()
    };
    let changed = generate::view(random, &without, chosen.id, chosen.name);
    for view in &mut schema.views {
        if view.id == chosen.id {
            *view = changed.clone();
        }
    }
}
