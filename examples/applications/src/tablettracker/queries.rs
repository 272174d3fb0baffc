use schema_core::{
    Result, Row, Table,
    expr::{case, count, each, max, min, sum},
};
use time::{Date, Duration, OffsetDateTime};

use super::{
    Bag, Employee, EmployeeRepository, MachineCount, ProductDetail, PurchaseOrder, PurchaseOrderRepository,
    Receiving, Shipment, SmallBox, Submitted, TabletTracker, TabletType, WarehouseSubmission,
    WarehouseSubmissionRepository,
};

/// A submission and everything that is known of where its tablets come from.
#[derive(Row, Clone, Debug, PartialEq)]
pub struct SubmissionLine {
    /// The submission.
    pub id: i64,
    /// When it was handed in.
    pub created_at: OffsetDateTime,
    /// Who has counted.
    pub employee: Option<String>,
    /// The product.
    pub product: Option<String>,
    /// The tablets in it.
    pub tablets: Option<String>,
    /// The bag's number in its box.
    pub bag_number: Option<i64>,
    /// The box's number.
    pub box_number: Option<i64>,
    /// The order that the bag came with.
    pub received_for: Option<String>,
    /// The order that somebody has assigned it to.
    pub assigned_to: Option<String>,
    /// The day on which the bag was delivered.
    pub delivered_on: Option<Date>,
    /// Tablets in all; `None` where the product says not how many a card has.
    pub total: Option<i64>,
    /// How they compare with the bag's label.
    pub verdict: String,
}

/// An order whose counts somebody has to look at.
#[derive(Row, Clone, Debug, PartialEq)]
pub struct OrderTrouble {
    /// The order's number.
    pub po_number: String,
    /// Submissions for it.
    pub submissions: i64,
    /// Those that do not agree.
    pub discrepancies: i64,
    /// Those of which nobody has looked at the order.
    pub unverified: i64,
    /// Loose and broken tablets.
    pub lost: i64,
    /// When the last was handed in.
    pub last: OffsetDateTime,
}

/// How long a bag has taken.
#[derive(Row, Clone, Debug, PartialEq)]
pub struct BagTimes {
    /// The bag.
    pub bag_id: i64,
    /// When it was received.
    pub received_at: OffsetDateTime,
    /// When a machine first counted of it.
    pub first_count: Option<OffsetDateTime>,
    /// When it was first packed.
    pub first_packed: Option<OffsetDateTime>,
    /// Seconds from the one to the other.
    pub until_packed: Option<i64>,
    /// Days from its arrival to the first of the two.
    pub waited: Option<f64>,
}

/// When something happened to a bag first.
#[derive(Row, Clone, Debug)]
struct First {
    bag_id: Option<i64>,
    at: OffsetDateTime,
}

impl WarehouseSubmissionRepository<'_, TabletTracker> {
    /// Submissions with what is known of each, the newest first.
    pub fn lines(&self, discrepancies_only: bool, limit: u64) -> Result<Vec<SubmissionLine>> {
        let mut lines = WarehouseSubmission::query()
            .left_join::<Employee>(|s, e| e.id.eq(s.employee_id))
            .left_join::<ProductDetail>(|(s, _), p| p.id.eq(s.product_id))
            .left_join::<TabletType>(|(_, _, p), t| t.id.eq(p.tablet_type_id))
            .left_join::<Bag>(|(s, _, _, _), b| b.id.eq(s.bag_id))
            .left_join::<SmallBox>(|(_, _, _, _, b), x| x.id.eq(b.small_box_id))
            .left_join::<Receiving>(|(_, _, _, _, _, x), r| r.id.eq(x.receiving_id))
            .left_join::<Shipment>(|(_, _, _, _, _, _, r), h| h.id.eq(r.shipment_id))
            .left_join::<PurchaseOrder>(|(_, _, _, _, _, _, r, _), o| o.id.eq(r.po_id))
            .left_join::<PurchaseOrder>(|(s, _, _, _, _, _, _, _, _), a| a.id.eq(s.assigned_po_id));
        if discrepancies_only {
            lines = lines.filter(|(s, ..)| s.discrepancy_flag.eq(true));
        }
        lines
            .order_by(|(s, ..)| (s.created_at.desc(), s.id.desc()))
            .limit(limit)
            .select(|(s, e, p, t, b, x, _, h, o, a)| {
                let packed =
                    (s.displays_made * p.packages_per_display + s.packs_remaining) * p.tablets_per_package;
                let total = packed + s.loose_tablets;
                SubmissionLineSelect {
                    id: s.id,
                    created_at: s.created_at,
                    employee: e.full_name,
                    product: p.product_name,
                    tablets: t.tablet_type_name,
                    bag_number: b.bag_number,
                    box_number: x.box_number,
                    received_for: o.po_number,
                    assigned_to: a.po_number,
                    delivered_on: h.delivered_on,
                    total: total.clone(),
                    verdict: case()
                        .when(total.clone().is_null().or(b.label_count.is_null()), "unknown")
                        .when((total.clone() - b.label_count).abs().le(b.label_count / 20), "match")
                        .when(total.lt(b.label_count), "under")
                        .otherwise("over"),
                }
            })
            .all(self)
    }
}

impl PurchaseOrderRepository<'_, TabletTracker> {
    /// Open orders with a count that does not agree or that nobody has looked at, the worst first.
    pub fn in_trouble(&self) -> Result<Vec<OrderTrouble>> {
        PurchaseOrder::query()
            .join::<WarehouseSubmission>(|o, s| s.assigned_po_id.eq(o.id))
            .filter(|(o, _)| o.closed.eq(false))
            .group_by(|(o, _)| (o.id, o.po_number))
            .having(|_, (_, s)| {
                let is_bad = each(s, |s| {
                    case().when(s.discrepancy_flag.or(!s.po_assignment_verified), 1).otherwise(0)
                });
                sum(is_bad).gt(0)
            })
            .order_by(|(_, number), (_, s)| {
                (sum(each(s, |s| case().when(s.discrepancy_flag, 1).otherwise(0))).desc(), number.asc())
            })
            .select(|(_, number), (_, s)| OrderTroubleSelect {
                po_number: number,
                submissions: count(s),
                discrepancies: sum(each(s, |s| case().when(s.discrepancy_flag, 1).otherwise(0))),
                unverified: count(s).filter(each(s, |s| !s.po_assignment_verified)),
                lost: sum(each(s, |s| s.loose_tablets + s.damaged_tablets)),
                last: max(s.created_at),
            })
            .all(self)
    }

    /// How long each bag of an order has taken from its arrival to the machine, and from there to the first pack.
    pub fn times(&self, po_number: &str) -> Result<Vec<BagTimes>> {
        let counted = MachineCount::query()
            .filter(|m| m.bag_id.is_not_null())
            .group_by(|m| m.bag_id)
            .select(|bag, m| FirstSelect { bag_id: bag, at: min(m.created_at) })
            .cte("first_counts");
        let packed = WarehouseSubmission::query()
            .filter(|s| s.bag_id.is_not_null().and(s.submission_type.eq(Submitted::Packaged)))
            .group_by(|s| s.bag_id)
            .select(|bag, s| FirstSelect { bag_id: bag, at: min(s.created_at) })
            .cte("first_packed");
        Bag::query()
            .join::<SmallBox>(|b, x| x.id.eq(b.small_box_id))
            .join::<Receiving>(|(_, x), r| r.id.eq(x.receiving_id))
            .join::<PurchaseOrder>(|(_, _, r), o| o.id.eq(r.po_id))
            .left_join_cte(&counted, |(b, ..), c| c.bag_id.eq(b.id))
            .left_join_cte(&packed, |(b, ..), p| p.bag_id.eq(b.id))
            .filter(|(_, _, _, o, ..)| o.po_number.eq(po_number))
            .order_by(|(b, _, _, _, c, _)| (c.at.asc().nulls_last(), b.id.asc()))
            .select(|(b, _, r, _, c, p)| BagTimesSelect {
                bag_id: b.id,
                received_at: r.received_at,
                first_count: c.at,
                first_packed: p.at,
                until_packed: p.at.seconds_since(c.at),
                waited: c.at.unwrap_or(p.at).days_since(r.received_at),
            })
            .all(self)
    }
}

/// Logins that may fail before somebody is locked out.
const TRIES: i64 = 5;
/// How long they are.
const LOCKED_OUT: Duration = Duration::minutes(15);

impl EmployeeRepository<'_, TabletTracker> {
    /// A login has failed at this moment: the fifth in a row locks out. Whether there is such an employee.
    pub fn login_failed(&self, username: &str, at: OffsetDateTime) -> Result<bool> {
        let changed = Employee::update()
            .filter(|e| e.username.eq(username).and(e.active))
            .set(|e| {
                (
                    e.failed_logins.set(e.failed_logins + 1),
                    e.locked_until.set(
                        case()
                            .when((e.failed_logins + 1).ge(TRIES), at + LOCKED_OUT)
                            .otherwise(e.locked_until),
                    ),
                )
            })
            .run(self)?;
        Ok(changed > 0)
    }
}
