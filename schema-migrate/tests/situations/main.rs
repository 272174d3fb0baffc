//! The situations that an engine of migrations is judged by, each on a filled database and for two
//! targets: the newest SQLite, which changes much in place, and one that rebuilds.

mod harness;

mod application_names;
mod changes_that_happened;
mod comments;
mod declared_statements;
mod declared_views;
mod foretold;
mod forty;
mod found_by_chance;
mod hostile;
mod many_tables;
mod situation_01_cascade;
mod situation_03_open_transaction;
mod situation_04_cycle;
mod situation_05_self_reference;
mod situation_06_triggers;
mod situation_08_views;
mod situation_09_changed_views;
mod situation_10_broken;
mod situation_11_indexes;
mod situation_12_autoincrement;
mod situation_13_rowids;
mod situation_14_full_text;
mod situation_15_unknown_modules;
mod situation_16_renames;
mod situation_18_exchanged_names;
mod situation_22_not_null;
mod situation_26_dropped_columns;
mod situation_27_generated;
mod situation_28_strict;
mod situation_30_affinity;
mod situation_31_enums;
mod situation_32_keys;
mod situation_34_same_meaning;
mod situation_37_names;
mod situation_40_kept;
mod situation_40_kinds;
mod stock;
