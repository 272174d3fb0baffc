//! Generated code in crates that forbid much, hide names and import nothing: it compiles, and runs.
#![deny(warnings, missing_docs, unreachable_pub, clippy::all, clippy::pedantic)]

#[path = "hygiene/by_macro.rs"]
mod by_macro;
#[path = "hygiene/messages.rs"]
mod messages;
#[path = "hygiene/no_prelude.rs"]
mod no_prelude;
#[path = "hygiene/private.rs"]
mod private;
#[path = "hygiene/shadowed.rs"]
mod shadowed;
#[path = "hygiene/shapes.rs"]
mod shapes;

#[test]
fn generated_code_runs_without_a_prelude() {
    assert!(no_prelude::works());
}

#[test]
fn generated_code_runs_where_its_names_are_hidden() {
    assert!(shadowed::works());
}

#[test]
fn a_private_model_is_used_within_its_module() {
    assert!(private::works());
}

#[test]
fn tables_of_every_shape_come_back_as_they_were_inserted() {
    shapes::works();
}

#[test]
fn a_macro_writes_models_whose_types_come_from_its_caller() {
    assert!(by_macro::works());
}
