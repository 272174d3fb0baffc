//! Counts tablets on their way from the purchase order to the bag.

/// Orders and their lines.
pub(crate) mod first {
    use schema_core::Table;

    #[derive(Table, Clone, Debug, PartialEq)]
    pub(crate) struct PurchaseOrder {
        #[column(primary_key, autoincrement)]
        pub(crate) id: i64,
        #[column(unique)]
        pub(crate) po_number: String,
        #[column(default = false)]
        pub(crate) closed: bool,
    }

    #[derive(Table, Clone, Debug, PartialEq)]
    pub(crate) struct PoLine {
        #[column(primary_key, autoincrement)]
        pub(crate) id: i64,
        #[column(references = PurchaseOrder, on_delete = cascade, index)]
        pub(crate) po_id: i64,
        pub(crate) item_name: String,
        #[column(default = 0)]
        pub(crate) quantity_ordered: i64,
    }

    schema_core::schema! {
        pub(crate) TabletTracker { PurchaseOrder, PoLine }
    }
}

/// Lines know how many tablets were good, and counts are handed in.
pub(crate) mod second {
    use schema_core::Table;

    #[derive(Table, Clone, Debug, PartialEq)]
    pub(crate) struct PurchaseOrder {
        #[column(primary_key, autoincrement)]
        pub(crate) id: i64,
        #[column(unique)]
        pub(crate) po_number: String,
        #[column(default = false)]
        pub(crate) closed: bool,
    }

    #[derive(Table, Clone, Debug, PartialEq)]
    pub(crate) struct PoLine {
        #[column(primary_key, autoincrement)]
        pub(crate) id: i64,
        #[column(references = PurchaseOrder, on_delete = cascade, index)]
        pub(crate) po_id: i64,
        pub(crate) item_name: String,
        #[column(default = 0)]
        pub(crate) quantity_ordered: i64,
        #[column(default = 0)]
        pub(crate) good_count: i64,
    }

    #[derive(Table, Clone, Debug, PartialEq)]
    pub(crate) struct WarehouseSubmission {
        #[column(primary_key, autoincrement)]
        pub(crate) id: i64,
        #[column(references = PoLine, on_delete = set_null, index)]
        pub(crate) po_line_id: Option<i64>,
        pub(crate) employee_name: String,
    }

    schema_core::schema! {
        pub(crate) TabletTracker { PurchaseOrder, PoLine, WarehouseSubmission }
    }
}

/// What the application asks, for `db-advise`.
pub(crate) fn lines_of_an_item() -> schema_core::query::Query<first::PoLine> {
    first::PoLine::query().filter(|line| line.item_name.eq("Aspirin"))
}

/// The same, and its order has an index.
pub(crate) fn lines_of_an_order() -> schema_core::query::Query<first::PoLine> {
    first::PoLine::query().filter(|line| line.po_id.eq(1))
}
