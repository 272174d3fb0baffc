use crate::diff::Change;
use crate::files::words;
use crate::keep::is_kept;

/// The name of a migration that nobody has named: `add_email`, `create_books`, otherwise `changes`.
pub fn default_name(changes: &[Change], is_first: bool) -> String {
    if is_first {
        return "initial".to_owned();
    }
    // What keeps the rest aside is not what the migration is about.
    let keeps = |change: &Change| matches!(change, Change::CreateTable { table } if is_kept(table));
    let changes: Vec<&Change> = changes.iter().filter(|change| !keeps(change)).collect();
    let name = match changes.as_slice() {
        [] => None,
        [one] => single(one),
        several => {
            let first = several[0].table();
            let created: Vec<&str> = several
                .iter()
                .filter_map(|change| match change {
                    Change::CreateTable { table } => Some(table.as_str()),
                    _ => None,
                })
                .collect();
            match created.as_slice() {
                [table] if several.iter().all(|change| change.table() == *table) => {
                    Some(format!("create {table}"))
                }
                tables if tables.len() == several.len() && tables.len() <= 3 => {
                    Some(format!("create {}", tables.join(" and ")))
                }
                _ => {
                    several.iter().all(|change| change.table() == first).then(|| of_one_table(first, several))
                }
            }
        }
    };
    name.and_then(|name| words(&name)).unwrap_or_else(|| "changes".to_owned())
}

fn of_one_table(table: &str, changes: &[&Change]) -> String {
    let mut added = changes.iter().filter_map(|change| match change {
        Change::AddColumn { column, .. } => Some(column.name.as_ref()),
        _ => None,
    });
    match (added.next(), added.next()) {
        (Some(column), None) => format!("add {column}"),
        _ => format!("change {table}"),
    }
}

fn single(change: &Change) -> Option<String> {
    Some(match change {
        Change::CreateTable { table } => format!("create {table}"),
        Change::DropTable { table } => format!("drop {table}"),
        Change::RenameTable { from, to } if is_kept(to) => format!("drop {from}"),
        Change::RenameTable { to, .. } | Change::RenameColumn { to, .. } => format!("rename to {to}"),
        Change::AddColumn { column, .. } => format!("add {}", column.name),
        Change::DropColumn { column, .. } => format!("drop {}", column.name),
        Change::AlterColumn { table, to, .. } => format!("change {table} {}", to.name),
        Change::AddIndex { index, .. } => format!("index {}", index.name),
        Change::DropIndex { index, .. } => format!("drop {}", index.name),
        _ => format!("{} {}", change.action(), change.table()),
    })
}

#[cfg(test)]
mod tests {
    use schema_core::model::ColumnDef;

    use super::*;

    fn create(table: &str) -> Change {
        Change::CreateTable { table: table.to_owned() }
    }

    fn add(table: &str, column: &'static str) -> Change {
        let column = ColumnDef { name: column.into(), ..ColumnDef::EMPTY };
        Change::AddColumn { table: table.to_owned(), column: Box::new(column) }
    }

    #[test]
    fn a_migration_is_named_after_what_it_does() {
        assert_eq!(default_name(&[create("books")], true), "initial");
        assert_eq!(default_name(&[create("books")], false), "create_books");
        assert_eq!(default_name(&[add("users", "email")], false), "add_email");
        let kept = Change::RenameTable { from: "users".to_owned(), to: "_kept_users".to_owned() };
        assert_eq!(default_name(&[kept, create("_kept_books_pages")], false), "drop_users");
        assert_eq!(default_name(&[add("users", "a"), add("users", "b")], false), "change_users");
        assert_eq!(default_name(&[add("users", "a"), add("books", "b")], false), "changes");
        assert_eq!(default_name(&[create("Bücher!")], false), "create_b_cher");
    }
}
