use schema_core::model::{SchemaDef, TableDef};

/// The tables with children before their parents. In a circle any order is right: the keys are looked
/// at once everything is gone.
pub(crate) fn children_first<'s>(schema: &'s SchemaDef, tables: &[&'s TableDef]) -> Vec<&'s TableDef> {
    let mut left: Vec<&TableDef> = tables.to_vec();
    left.sort_by(|one, other| one.name.cmp(&other.name));
    let mut ordered = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let is_free = |parent: &TableDef| {
            !left.iter().any(|child| !is_same(child, &parent.name) && refers(schema, child, &parent.name))
        };
        let next = left.iter().position(|table| is_free(table)).unwrap_or(0);
        ordered.push(left.remove(next));
    }
    ordered
}

fn is_same(table: &TableDef, name: &str) -> bool {
    table.name.eq_ignore_ascii_case(name)
}

fn refers(schema: &SchemaDef, child: &TableDef, parent: &str) -> bool {
    schema.table(parent).is_some()
        && child.foreign_keys.iter().any(|key| key.table.eq_ignore_ascii_case(parent))
}

#[cfg(test)]
mod tests {
    use super::children_first;
    use crate::inspect::{scratch, sqlite};

    fn order(sql: &str) -> Vec<String> {
        let connection = scratch().unwrap();
        connection.execute_batch(sql).unwrap();
        let schema = sqlite::schema(&connection).unwrap();
        let tables: Vec<_> = schema.tables.iter().map(AsRef::as_ref).collect();
        children_first(&schema, &tables).iter().map(|table| table.name.to_string()).collect()
    }

    #[test]
    fn children_come_before_their_parents_and_circles_end() {
        let chain =
            "CREATE TABLE a(id INTEGER PRIMARY KEY); CREATE TABLE b(id INTEGER PRIMARY KEY, a REFERENCES a);
                     CREATE TABLE c(b REFERENCES b, a REFERENCES A); CREATE TABLE d(x REFERENCES gone)";
        assert_eq!(order(chain), ["c", "b", "a", "d"]);
        let circle = "CREATE TABLE a(id INTEGER PRIMARY KEY, b REFERENCES b, own REFERENCES a);
                      CREATE TABLE b(id INTEGER PRIMARY KEY, a REFERENCES a); CREATE TABLE c(a REFERENCES a)";
        let order = order(circle);
        assert_eq!((order.len(), order[0].as_str()), (3, "c"));
    }
}
