use crate::kinds;
use crate::names;
use crate::random::Random;
use crate::schema::{Column, Constraint, Generated, Index, Part, Rule, Schema, Table, Trigger, View};
use crate::template::{Id, Template};

const CONFLICTS: [&str; 8] = ["", "", "", "", "ROLLBACK", "FAIL", "IGNORE", "REPLACE"];
const COLLATIONS: [&str; 3] = ["NOCASE", "RTRIM", "BINARY"];

/// A schema of a few tables, with anything that SQLite knows in it.
pub(crate) fn schema(random: &mut Random) -> Schema {
    let mut schema = Schema { style: random.bits() | 1, ..Schema::default() };
    for _ in 0..random.between(1, 4) {
        let table = table(random, &schema);
        schema.tables.push(table);
    }
    for position in 0..schema.tables.len() {
        for _ in 0..random.below(3) {
            add_foreign_key(random, &mut schema, position);
        }
        for _ in 0..random.below(3) {
            add_index(random, &mut schema, position);
        }
        if random.percent(35) {
            add_trigger(random, &mut schema, position);
        }
    }
    for _ in 0..random.below(3) {
        add_view(random, &mut schema);
    }
    schema
}

/// A table without what names other tables.
pub(crate) fn table(random: &mut Random, schema: &Schema) -> Table {
    let mut table = Table {
        id: schema.free_id(),
        name: names::object(random, schema),
        strict: random.percent(25),
        comments: random.percent(15),
        ..Table::default()
    };
    let first = table.id + 1;
    let count = random.between(1, 6);
    for offset in 0..count {
        let id = first + u32::try_from(offset).unwrap_or(0);
        let column = column(random, &table, id);
        table.columns.push(column);
    }
    add_primary_key(random, &mut table);
    for _ in 0..random.below(3) {
        add_unique(random, &mut table);
    }
    for _ in 0..random.below(3) {
        add_check(random, &mut table);
    }
    table
}

/// A column that the table does not have yet.
pub(crate) fn column(random: &mut Random, table: &Table, id: Id) -> Column {
    let taken: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
    let mut column = Column {
        id,
        name: names::column(random, &taken),
        sql_type: kinds::sql_type(random, table.strict),
        not_null: random.percent(25).then(|| *random.pick(&CONFLICTS)),
        ..Column::default()
    };
    if random.percent(35) {
        column.default = Some(kinds::default(random, &column.sql_type, table.strict));
    }
    if random.percent(15) {
        column.collation = Some(*random.pick(&COLLATIONS));
    }
    if !table.columns.is_empty() && random.percent(12) {
        column.default = None;
        column.generated = Some(generated(random, table));
    }
    column
}

/// Something that computes a column from the others.
pub(crate) fn generated(random: &mut Random, table: &Table) -> Generated {
    let source = random.pick(&table.columns).id;
    let expression = match random.below(5) {
        0 => Template::new("@ || '-'", &[source]),
        1 => Template::new("coalesce(@, 0) + 1", &[source]),
        2 => Template::new("length(@)", &[source]),
        3 => Template::new("CASE WHEN @ IS NULL THEN 'n' ELSE 'y' END", &[source]),
        _ => Template::new("@", &[source]),
    };
    Generated { expression, stored: random.percent(40) }
}

fn some_columns(random: &mut Random, table: &Table, most: usize) -> Vec<Id> {
    let mut ids: Vec<Id> = table.columns.iter().map(|column| column.id).collect();
    random.shuffle(&mut ids);
    ids.truncate(random.between(1, most));
    ids
}

fn parts(random: &mut Random, table: &Table, most: usize) -> Vec<Part> {
    let columns = some_columns(random, table, most);
    columns
        .into_iter()
        .map(|column| Part {
            column,
            collation: random.percent(10).then(|| *random.pick(&COLLATIONS)),
            descending: random.percent(15),
        })
        .collect()
}

fn constraint_name(random: &mut Random, table: &Table) -> Option<String> {
    if !random.percent(45) {
        return None;
    }
    let taken: Vec<String> =
        table.constraints.iter().filter_map(|constraint| constraint.name.clone()).collect();
    Some(names::column(random, &taken))
}

/// Gives the table another primary key, or takes it away.
pub(crate) fn add_primary_key(random: &mut Random, table: &mut Table) {
    table.constraints.retain(|constraint| !matches!(constraint.rule, Rule::PrimaryKey { .. }));
    let conflict = *random.pick(&CONFLICTS);
    let name = constraint_name(random, table);
    let rule = match random.below(10) {
        0..=1 => {
            table.without_rowid = false;
            return;
        }
        2..=5 => {
            // An integer key is what most tables have; its column is the first one then.
            let Some(first) = table.columns.first_mut().filter(|column| column.generated.is_none()) else {
                return;
            };
            "INTEGER".clone_into(&mut first.sql_type);
            (first.default, first.collation) = (None, None);
            let part = Part { column: first.id, collation: None, descending: random.percent(5) };
            let autoincrement = random.percent(40) && !part.descending;
            table.without_rowid = !autoincrement && random.percent(15);
            Rule::PrimaryKey { parts: vec![part], autoincrement, conflict }
        }
        _ => {
            table.without_rowid = random.percent(35);
            let mut parts = parts(random, table, 3);
            parts.iter_mut().for_each(|part| part.descending &= random.percent(50));
            Rule::PrimaryKey { parts, autoincrement: false, conflict }
        }
    };
    let inline = random.percent(60);
    table.constraints.push(Constraint { name, inline, rule });
}

pub(crate) fn add_unique(random: &mut Random, table: &mut Table) {
    let mut parts = parts(random, table, 2);
    parts.iter_mut().for_each(|part| part.descending = false);
    let (name, conflict) = (constraint_name(random, table), *random.pick(&CONFLICTS));
    let inline = random.percent(50);
    table.constraints.push(Constraint { name, inline, rule: Rule::Unique { parts, conflict } });
}

pub(crate) fn add_check(random: &mut Random, table: &mut Table) {
    let columns = some_columns(random, table, 2);
    let (first, last) = (columns[0], columns[columns.len() - 1]);
    let expression = match random.below(9) {
        0 => Template::new("@ <> 'zz'", &[first]),
        1 => Template::new("@.@ IS NOT 'q'", &[table.id, first]),
        2 => Template::new("length(@) < 400", &[first]),
        3 => Template::new("@ IS NULL OR typeof(@) <> 'null'", &[first, first]),
        4 => Template::new("@ IS NOT \"dquoted\"", &[first]),
        5 => Template::new("coalesce(@, 1) IS NOT coalesce(@, 'never')", &[first, last]),
        6 => Template::new("@ IN ('a', 'b', 'zz')", &[first]),
        7 => Template::new("(@ > -100) OR TRUE", &[first]),
        _ => Template::new("@ = @ OR @ IS NOT 'x' OR @.@ <> 1", &[first, first, last, table.id, last]),
    };
    let only = columns.len() == 1;
    let column = only.then_some(first);
    let name = constraint_name(random, table);
    let inline = random.percent(60);
    table.constraints.push(Constraint { name, inline, rule: Rule::Check { expression, column } });
}

pub(crate) fn add_foreign_key(random: &mut Random, schema: &mut Schema, position: usize) {
    let parent = random.pick(&schema.tables);
    // Mostly what is unique: any other parent makes every write fail.
    let keys: Vec<Vec<Id>> = parent
        .constraints
        .iter()
        .filter_map(|constraint| match &constraint.rule {
            Rule::PrimaryKey { parts, .. } | Rule::Unique { parts, .. } => {
                Some(parts.iter().map(|part| part.column).collect())
            }
            _ => None,
        })
        .collect();
    let (references, implicit): (Vec<Id>, bool) = match random.pick_or_none(&keys) {
        Some(key) => (key.clone(), parent.primary_key().is_some() && keys.first() == Some(key)),
        None if random.percent(10) => (vec![random.pick(&parent.columns).id], false),
        None => return,
    };
    let table_id = parent.id;
    let width = references.len();
    let child = &schema.tables[position];
    let mut ids: Vec<Id> = child.columns.iter().map(|column| column.id).collect();
    random.shuffle(&mut ids);
    if ids.len() < width {
        return;
    }
    ids.truncate(width);
    let parent_key = |parent: &Table| {
        parent.primary_key().map(|parts| parts.iter().map(|part| part.column).collect::<Vec<_>>())
    };
    let implicit = implicit
        && schema.table(table_id).and_then(parent_key).is_some_and(|key| key == references)
        && random.percent(50);
    let actions = actions(random);
    let name = constraint_name(random, child);
    let inline = random.percent(50);
    let rule = Rule::ForeignKey {
        columns: ids,
        table: table_id,
        references: if implicit { Vec::new() } else { references },
        actions,
    };
    schema.tables[position].constraints.push(Constraint { name, inline, rule });
}

/// What a foreign key does and when it is checked.
pub(crate) fn actions(random: &mut Random) -> String {
    const ACTIONS: [&str; 6] = ["", "CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION"];
    let mut text = String::new();
    for event in ["DELETE", "UPDATE"] {
        let action = *random.pick(&ACTIONS);
        if !action.is_empty() && random.percent(60) {
            text = format!("{text} ON {event} {action}");
        }
    }
    let deferrable = [
        "",
        "",
        "",
        " DEFERRABLE INITIALLY DEFERRED",
        " DEFERRABLE",
        " NOT DEFERRABLE",
        " DEFERRABLE INITIALLY IMMEDIATE",
        " MATCH FULL",
    ];
    text + *random.pick(&deferrable)
}

pub(crate) fn add_index(random: &mut Random, schema: &mut Schema, position: usize) {
    let name = names::object(random, schema);
    let index = index(random, &schema.tables[position], name);
    schema.tables[position].indexes.push(index);
}

/// An index of any kind over the table.
pub(crate) fn index(random: &mut Random, table: &Table, name: String) -> Index {
    let parts = some_columns(random, table, 3)
        .into_iter()
        .map(|column| {
            let text = match random.below(10) {
                0 => "lower(@)",
                1 => "@ || '-'",
                2 => "@ COLLATE NOCASE",
                3 => "@ DESC",
                4 => "@ COLLATE RTRIM DESC",
                5 => "(@)",
                _ => "@",
            };
            Template::new(text, &[column])
        })
        .collect();
    let filter = random.percent(25).then(|| {
        let column = random.pick(&table.columns).id;
        match random.below(3) {
            0 => Template::new("@ IS NOT NULL", &[column]),
            1 => Template::new("@ > 'a' AND @ <> 'WHERE'", &[column, column]),
            _ => Template::new("@ IS NOT \"dq\"", &[column]),
        }
    });
    Index { name, unique: random.percent(25), parts, filter }
}

pub(crate) fn add_trigger(random: &mut Random, schema: &mut Schema, position: usize) {
    let name = names::object(random, schema);
    let trigger = trigger(random, schema, position, name);
    schema.tables[position].triggers.push(trigger);
}

/// A trigger on the table, which may name others.
pub(crate) fn trigger(random: &mut Random, schema: &Schema, position: usize, name: String) -> Trigger {
    let table = &schema.tables[position];
    let (own, column) = (table.id, random.pick(&table.columns).id);
    let other = random.pick(&schema.tables);
    let (stranger, far) = (other.id, random.pick(&other.columns).id);
    let text = match random.below(8) {
        0 => Template::new("BEFORE UPDATE ON @ BEGIN SELECT RAISE(ABORT, 'no; END;'); END", &[own]),
        1 => Template::new("AFTER INSERT ON @ BEGIN SELECT new.@; END", &[own, column]),
        2 => Template::new(
            "AFTER UPDATE OF @ ON @ WHEN new.@ IS NOT old.@ BEGIN SELECT CASE WHEN 1 THEN 2 END; END",
            &[column, own, column, column],
        ),
        3 => Template::new(
            "AFTER DELETE ON @ FOR EACH ROW BEGIN DELETE FROM @ WHERE @ = old.@; END",
            &[own, stranger, far, column],
        ),
        4 => Template::new(
            "AFTER DELETE ON @ BEGIN UPDATE @ SET @ = NULL WHERE @.@ = \"nothing\"; END",
            &[own, stranger, far, stranger, far],
        ),
        5 => Template::new("BEFORE DELETE ON @ BEGIN SELECT count(*) FROM @; END", &[own, stranger]),
        6 => Template::new(
            "AFTER UPDATE ON @ WHEN EXISTS (SELECT 1 FROM @ AS x WHERE x.@ IS new.@) BEGIN SELECT 1; END",
            &[own, stranger, far, column],
        ),
        _ => Template::new("INSERT ON @ BEGIN SELECT 'x' /* ; END */; END", &[own]),
    };
    Trigger { name, text }
}

pub(crate) fn add_view(random: &mut Random, schema: &mut Schema) {
    let (id, name) = (schema.free_id(), names::object(random, schema));
    let view = view(random, schema, id, name);
    schema.views.push(view);
}

/// A view over a table, two tables or another view.
pub(crate) fn view(random: &mut Random, schema: &Schema, id: Id, name: String) -> View {
    let table = random.pick(&schema.tables);
    let (own, column) = (table.id, random.pick(&table.columns).id);
    let other = random.pick(&schema.tables);
    let (stranger, far) = (other.id, random.pick(&other.columns).id);
    let over = random.pick_or_none(&schema.views).map(|view| view.id);
    let text = match (random.below(6), over) {
        (0, Some(below)) => Template::new("SELECT * FROM @", &[below]),
        (1, _) => Template::new("SELECT @, count(*) AS n FROM @ GROUP BY @", &[column, own, column]),
        (2, _) => Template::new(
            "SELECT a.@ AS x, b.@ AS y FROM @ AS a LEFT JOIN @ AS b ON a.@ = b.@",
            &[column, far, own, stranger, column, far],
        ),
        (3, _) => Template::new("SELECT @.@ AS one, \"dq\" AS two FROM @", &[own, column, own]),
        (4, _) => Template::new(
            "WITH c AS (SELECT @ AS v FROM @ WHERE @ IS NOT NULL) SELECT v /* FROM */ FROM c",
            &[column, own, column],
        ),
        _ => Template::new("SELECT @ AS only FROM @ WHERE @ IS NOT 'gone'", &[column, own, column]),
    };
    let mut view = View { id, name, text, triggers: Vec::new() };
    if random.percent(25) {
        let taken = names::taken(schema);
        let trigger = names::column(random, &[taken, vec![view.name.clone()]].concat());
        view.triggers.push(Trigger {
            name: trigger,
            text: Template::new(
                "INSTEAD OF INSERT ON @ BEGIN INSERT INTO @ (@) VALUES (1); END",
                &[id, own, column],
            ),
        });
    }
    view
}
