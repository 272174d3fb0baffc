use schema_core::{SqlEnum, Table};
use time::{Date, OffsetDateTime};

/// An order for tablets.
#[derive(Table, Clone, Debug, PartialEq)]
pub struct PurchaseOrder {
    /// Counted by the database.
    #[column(primary_key, autoincrement)]
    pub id: i64,
    /// Its number on paper.
    #[column(unique)]
    pub po_number: String,
    /// Whether everything has come.
    #[column(default = false)]
    pub closed: bool,
    /// Tablets that were ordered.
    #[column(default = 0)]
    pub ordered_quantity: i64,
    /// When it was made.
    #[column(created_at)]
    pub created_at: OffsetDateTime,
}

/// A line of an order.
#[derive(Table, Clone, Debug, PartialEq)]
pub struct PoLine {
    /// Counted by the database.
    #[column(primary_key, autoincrement)]
    pub id: i64,
    /// The order.
    #[column(references = PurchaseOrder, on_delete = cascade, index)]
    pub po_id: i64,
    /// What was ordered.
    pub item_name: String,
    /// How many.
    #[column(default = 0)]
    pub quantity_ordered: i64,
    /// Those that were good.
    #[column(default = 0)]
    pub good_count: i64,
}

/// A shipment of an order.
#[derive(Table, Clone, Debug, PartialEq)]
pub struct Shipment {
    /// Counted by the database.
    #[column(primary_key, autoincrement)]
    pub id: i64,
    /// The order.
    #[column(references = PurchaseOrder, on_delete = cascade, index)]
    pub po_id: i64,
    /// The carrier's number.
    pub tracking_number: Option<String>,
    /// The day on which it came.
    pub delivered_on: Option<Date>,
}

/// What was received at once.
#[derive(Table, Clone, Debug, PartialEq)]
#[table(name = "receiving")]
pub struct Receiving {
    /// Counted by the database.
    #[column(primary_key, autoincrement)]
    pub id: i64,
    /// The order, where it is known.
    #[column(references = PurchaseOrder, on_delete = set_null, index)]
    pub po_id: Option<i64>,
    /// The shipment, where it is known.
    #[column(references = Shipment, on_delete = set_null, index)]
    pub shipment_id: Option<i64>,
    /// Who received it.
    pub received_by: Option<String>,
    /// When it came.
    pub received_at: OffsetDateTime,
}

/// A box of bags.
#[derive(Table, Clone, Debug, PartialEq)]
#[table(name = "small_boxes")]
pub struct SmallBox {
    /// Counted by the database.
    #[column(primary_key, autoincrement)]
    pub id: i64,
    /// What it came with.
    #[column(references = Receiving, on_delete = cascade, index)]
    pub receiving_id: i64,
    /// Its number there.
    pub box_number: i64,
}

/// A bag of tablets.
#[derive(Table, Clone, Debug, PartialEq)]
#[table(unique(small_box_id, bag_number))]
pub struct Bag {
    /// Counted by the database.
    #[column(primary_key, autoincrement)]
    pub id: i64,
    /// The box that it came in.
    #[column(references = SmallBox, on_delete = cascade)]
    pub small_box_id: i64,
    /// Its number there.
    pub bag_number: i64,
    /// Tablets that its label speaks of.
    pub label_count: Option<i64>,
}

/// Somebody who works here.
#[derive(Table, Clone, Debug, PartialEq)]
pub struct Employee {
    /// Counted by the database.
    #[column(primary_key, autoincrement)]
    pub id: i64,
    /// The name that they log in with.
    #[column(unique, collate = nocase)]
    pub username: String,
    /// Their own name.
    pub full_name: String,
    /// Whether they may log in.
    #[column(default = true)]
    pub active: bool,
    /// Logins that failed since the last one that did not.
    #[column(default = 0, check = "failed_logins >= 0")]
    pub failed_logins: i64,
    /// Until when they are locked out.
    pub locked_until: Option<OffsetDateTime>,
}

/// A kind of tablet.
#[derive(Table, Clone, Debug, PartialEq)]
pub struct TabletType {
    /// Counted by the database.
    #[column(primary_key, autoincrement)]
    pub id: i64,
    /// Its name.
    #[column(unique)]
    pub tablet_type_name: String,
}

/// A product that tablets are packed as.
#[derive(Table, Clone, Debug, PartialEq)]
pub struct ProductDetail {
    /// Counted by the database.
    #[column(primary_key, autoincrement)]
    pub id: i64,
    /// Its name.
    #[column(unique)]
    pub product_name: String,
    /// The tablets in it.
    #[column(references = TabletType, index)]
    pub tablet_type_id: Option<i64>,
    /// Cards of a display.
    pub packages_per_display: Option<i64>,
    /// Tablets of a card.
    pub tablets_per_package: Option<i64>,
}

/// What a machine has counted.
#[derive(Table, Clone, Debug, PartialEq)]
pub struct MachineCount {
    /// Counted by the database.
    #[column(primary_key, autoincrement)]
    pub id: i64,
    /// The tablets.
    #[column(references = TabletType, index)]
    pub tablet_type_id: Option<i64>,
    /// The bag that they were taken from.
    #[column(references = Bag, on_delete = set_null, index)]
    pub bag_id: Option<i64>,
    /// How many.
    pub machine_count: i64,
    /// When they were counted.
    #[column(created_at)]
    pub created_at: OffsetDateTime,
}

/// What a submission is about.
#[derive(SqlEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submitted {
    /// A machine has counted.
    Machine,
    /// Tablets were packed.
    Packaged,
    /// A bag was counted.
    Bag,
}

/// A count from the warehouse.
#[derive(Table, Clone, Debug, PartialEq)]
pub struct WarehouseSubmission {
    /// Counted by the database.
    #[column(primary_key, autoincrement)]
    pub id: i64,
    /// Who has counted.
    #[column(references = Employee, on_delete = set_null, index)]
    pub employee_id: Option<i64>,
    /// The product, where it is known.
    #[column(references = ProductDetail, on_delete = set_null, index)]
    pub product_id: Option<i64>,
    /// The bag, where it is known.
    #[column(references = Bag, on_delete = set_null, index)]
    pub bag_id: Option<i64>,
    /// The order that somebody has assigned it to.
    #[column(references = PurchaseOrder, on_delete = set_null, index)]
    pub assigned_po_id: Option<i64>,
    /// What it is about.
    #[column(default = Submitted::Packaged)]
    pub submission_type: Submitted,
    /// Displays that were made.
    #[column(default = 0)]
    pub displays_made: i64,
    /// Cards that remain.
    #[column(default = 0)]
    pub packs_remaining: i64,
    /// Tablets that are loose.
    #[column(default = 0)]
    pub loose_tablets: i64,
    /// Tablets that are broken.
    #[column(default = 0)]
    pub damaged_tablets: i64,
    /// Whether the count does not agree.
    #[column(default = false)]
    pub discrepancy_flag: bool,
    /// Whether somebody has looked at the order that it is assigned to.
    #[column(default = false)]
    pub po_assignment_verified: bool,
    /// When it was handed in.
    #[column(created_at)]
    pub created_at: OffsetDateTime,
}

/// A setting of the application.
#[derive(Table, Clone, Debug, PartialEq)]
pub struct AppSetting {
    /// Its name.
    #[column(primary_key)]
    pub setting_key: String,
    /// What it is set to.
    pub setting_value: Option<String>,
}

schema_core::schema! {
    /// What TabletTracker keeps.
    pub TabletTracker {
        PurchaseOrder, PoLine, Shipment, Receiving, SmallBox, Bag, Employee, TabletType, ProductDetail, MachineCount,
        WarehouseSubmission, AppSetting,
    }
}
