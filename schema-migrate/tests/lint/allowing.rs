use std::borrow::Cow;

use schema_core::model::{SchemaDef, TableDef};
use schema_migrate::lint::{Allowance, Allowed, lint_schema};

use super::support::schema_of;

fn with_allowed(code: &'static str) -> SchemaDef {
    let mut schema = schema_of("CREATE TABLE logs(line TEXT); CREATE TABLE notes(line TEXT)");
    let logs: &mut TableDef = schema.tables.to_mut()[0].to_mut();
    logs.allowed = vec![(Cow::Borrowed(code), Cow::Borrowed("lines are only ever appended"))].into();
    logs.source = Cow::Borrowed("src/models.rs:14");
    schema
}

#[test]
fn a_struct_allows_a_code_of_its_own_table_with_a_reason() {
    let schema = with_allowed("L012");
    let settled = Allowance::new(&[], &schema).unwrap().settle(lint_schema(&schema, &schema));
    let (finding, allowed) = &settled.allowed[0];
    assert_eq!((finding.code(), finding.table.as_str(), settled.allowed.len()), ("L012", "logs", 1));
    assert_eq!(*allowed, Allowed::Model("lines are only ever appended".to_owned()));
    assert!(settled.shown.iter().any(|finding| finding.code() == "L012" && finding.table == "notes"));
}

#[test]
fn the_settings_allow_a_code_everywhere() {
    let schema = schema_of("CREATE TABLE logs(line TEXT); CREATE TABLE notes(line TEXT)");
    let codes = ["L012".to_owned()];
    let settled = Allowance::new(&codes, &schema).unwrap().settle(lint_schema(&schema, &schema));
    assert_eq!(settled.allowed.len(), 2);
    assert!(settled.shown.iter().all(|finding| finding.code() != "L012"));
}

#[test]
fn a_code_that_is_none_is_refused_wherever_it_stands() {
    let error = Allowance::new(&[], &with_allowed("L12")).unwrap_err();
    assert_eq!(error.location(), Some("src/models.rs:14"));
    assert!(error.to_string().contains("did you mean `L012`"), "{error}");
    assert!(Allowance::new(&["L999".to_owned()], &schema_of("")).is_err());
}
