//! Models that a macro of the application's writes: types and names come from two places.

macro_rules! lookup_table {
    ($model:ident, $label:ty, $note:ty) => {
        /// A lookup table.
        #[derive(schema_core::Table, Clone, Debug, PartialEq)]
        pub(crate) struct $model {
            /// Its key.
            #[column(primary_key)]
            pub(crate) id: i64,
            /// What it is called.
            pub(crate) label: $label,
            /// What was noted.
            pub(crate) note: $note,
        }
    };
}
lookup_table!(Language, String, Option<String>);
lookup_table!(Size, i32, Option<f64>);

schema_core::schema! {
    pub(crate) Lookups { Language, Size }
}

pub(super) fn works() -> bool {
    let nullable = |table: &schema_core::model::TableDef| {
        table.columns.iter().map(|column| column.nullable).collect::<Vec<_>>()
    };
    let (language, size) = (NewLanguage { label: "en".into() }, NewSize { label: 3 });
    language.label.len() == 2
        && size.label == 3
        && nullable(<Language as schema_core::Table>::DEF) == [false, false, true]
        && nullable(<Size as schema_core::Table>::DEF) == [false, false, true]
}
