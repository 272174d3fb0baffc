//! The queries of TabletTracker, each against the same question in plain SQL.
#![allow(missing_docs)]

#[path = "support/plain.rs"]
#[allow(dead_code, reason = "each test file uses a part of it")]
mod plain;

use applications::tablettracker::{
    EmployeeRepository, PurchaseOrderRepository, TabletTracker, WarehouseSubmission,
    WarehouseSubmissionRepository,
};
use plain::{Filled, assert_same, cells, rows};
use schema_core::{Schema as _, assert_uses_index};
use time::macros::datetime;

/// Two hundred orders and six thousand counts, where any link of the chain from a count to its order may be missing.
const ROWS: &str = "
    INSERT INTO tablet_types (tablet_type_name) VALUES ('Aspirin 100'), ('Zinc'), ('Iron \"red\"');
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 25)
    INSERT INTO product_details (product_name, tablet_type_id, packages_per_display, tablets_per_package)
    SELECT 'Product ' || i, nullif(i % 4, 0), CASE WHEN i % 5 THEN 6 + i % 3 END, CASE WHEN i % 7 THEN 10 END FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 15)
    INSERT INTO employees (username, full_name, active, failed_logins)
    SELECT 'user' || i, 'Employee ' || i, i % 6 > 0, i % 5 FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
    INSERT INTO purchase_orders (po_number, closed, ordered_quantity, created_at)
    SELECT printf('PO-%05d', (i * 7919) % 100003), i % 4 = 0, i * 100, '2025-01-01 00:00:00.000000' FROM n;
    INSERT INTO shipments (po_id, tracking_number, delivered_on)
    SELECT id, CASE WHEN id % 3 THEN 'T' || id END, CASE WHEN id % 5 THEN date('2025-01-01', '+' || id || ' days') END
    FROM purchase_orders WHERE id % 7;
    INSERT INTO receiving (po_id, shipment_id, received_by, received_at)
    SELECT CASE WHEN o.id % 11 THEN o.id END, s.id, CASE WHEN o.id % 2 THEN 'Employee 1' END,
        strftime('%Y-%m-%d %H:%M:%S', '2025-01-01', '+' || o.id || ' days') || '.000000'
    FROM purchase_orders o LEFT JOIN shipments s ON s.po_id = o.id;
    INSERT INTO small_boxes (receiving_id, box_number)
    SELECT r.id, b.value FROM receiving r, json_each('[1,2,3]') b WHERE (r.id + b.value) % 4;
    INSERT INTO bags (small_box_id, bag_number, label_count)
    SELECT x.id, b.value, CASE WHEN (x.id + b.value) % 6 THEN 1000 + x.id END FROM small_boxes x, json_each('[1,2,3,4]') b;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
    INSERT INTO machine_counts (tablet_type_id, bag_id, machine_count, created_at)
    SELECT nullif(i % 4, 0), CASE WHEN i % 9 THEN 1 + (i * 31) % 1500 END, i % 500,
        strftime('%Y-%m-%d %H:%M:%S', '2025-08-01', '+' || ((i * 997) % 100000) || ' minutes') || '.250000' FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)
    INSERT INTO warehouse_submissions (employee_id, product_id, bag_id, assigned_po_id, submission_type, displays_made,
        packs_remaining, loose_tablets, damaged_tablets, discrepancy_flag, po_assignment_verified, created_at)
    SELECT CASE WHEN i % 10 THEN 1 + i % 15 END, CASE WHEN i % 8 THEN 1 + i % 25 END,
        CASE WHEN i % 6 THEN 1 + (i * 13) % 1800 END, CASE WHEN i % 5 THEN 1 + (i * 17) % 190 END,
        CASE i % 3 WHEN 0 THEN 'machine' WHEN 1 THEN 'packaged' ELSE 'bag' END, i % 20, i % 7, i % 90, i % 4,
        (i * 17) % 190 < 60 AND i % 11 = 0, (i * 17) % 190 < 100 AND i % 2,
        strftime('%Y-%m-%d %H:%M:%S', '2025-08-01', '+' || ((i * 613) % 100000) || ' minutes') || '.500000' FROM n;";

fn tablettracker() -> Filled<TabletTracker> {
    Filled::new(ROWS)
}

#[test]
fn a_submission_is_followed_through_nine_tables_two_of_them_the_same() {
    let app = tablettracker();
    for (discrepancies_only, condition) in [(false, "1"), (true, "s.discrepancy_flag = 1")] {
        let lines = WarehouseSubmissionRepository::new(&app.db).lines(discrepancies_only, 5_000).unwrap();
        assert!(
            lines.iter().any(|line| line.received_for.is_some() && line.received_for != line.assigned_to)
        );
        for verdict in ["unknown", "under", "over"] {
            assert!(lines.iter().any(|line| line.verdict == verdict), "{verdict}");
        }
        app.agrees(
            &cells!(
                lines,
                |l| l.id,
                l.created_at,
                l.employee,
                l.product,
                l.tablets,
                l.bag_number,
                l.box_number,
                l.received_for,
                l.assigned_to,
                l.delivered_on,
                l.total,
                l.verdict
            ),
            &format!(
                "SELECT id, created_at, full_name, product_name, tablet_type_name, bag_number, box_number, received_for,
                    assigned_to, delivered_on, total,
                    CASE WHEN total IS NULL OR label_count IS NULL THEN 'unknown'
                        WHEN abs(total - label_count) <= label_count / 20 THEN 'match'
                        WHEN total < label_count THEN 'under' ELSE 'over' END
                 FROM (SELECT s.id, s.created_at, e.full_name, p.product_name, t.tablet_type_name, b.bag_number,
                        x.box_number, o.po_number AS received_for, a.po_number AS assigned_to, h.delivered_on, b.label_count,
                        (s.displays_made * p.packages_per_display + s.packs_remaining) * p.tablets_per_package
                            + s.loose_tablets AS total
                    FROM warehouse_submissions s
                    LEFT JOIN employees e ON e.id = s.employee_id
                    LEFT JOIN product_details p ON p.id = s.product_id
                    LEFT JOIN tablet_types t ON t.id = p.tablet_type_id
                    LEFT JOIN bags b ON b.id = s.bag_id
                    LEFT JOIN small_boxes x ON x.id = b.small_box_id
                    LEFT JOIN receiving r ON r.id = x.receiving_id
                    LEFT JOIN shipments h ON h.id = r.shipment_id
                    LEFT JOIN purchase_orders o ON o.id = r.po_id
                    LEFT JOIN purchase_orders a ON a.id = s.assigned_po_id
                    WHERE {condition} ORDER BY s.created_at DESC, s.id DESC LIMIT 5000)
                 ORDER BY created_at DESC, id DESC"
            ),
        );
    }
}

#[test]
fn orders_with_a_count_that_is_wrong_are_groups_of_which_a_conditional_sum_is_over_zero() {
    let app = tablettracker();
    let orders = PurchaseOrderRepository::new(&app.db).in_trouble().unwrap();
    assert!(orders.len() > 20 && orders.iter().any(|order| order.unverified > order.discrepancies));
    app.agrees(
        &cells!(
            orders,
            |o| o.po_number,
            o.submissions,
            o.discrepancies,
            o.unverified,
            o.lost,
            o.last
        ),
        "SELECT o.po_number, count(*), sum(CASE WHEN s.discrepancy_flag = 1 THEN 1 ELSE 0 END),
            sum(CASE WHEN s.po_assignment_verified = 0 THEN 1 ELSE 0 END), sum(s.loose_tablets + s.damaged_tablets),
            max(s.created_at)
         FROM purchase_orders o JOIN warehouse_submissions s ON s.assigned_po_id = o.id
         WHERE o.closed = 0
         GROUP BY o.id HAVING sum(CASE WHEN s.discrepancy_flag = 1 OR s.po_assignment_verified = 0 THEN 1 ELSE 0 END) > 0
         ORDER BY 3 DESC, 1",
    );
}

#[test]
fn the_times_of_a_bag_are_differences_of_what_happened_first() {
    let app = tablettracker();
    let orders = PurchaseOrderRepository::new(&app.db);
    let mut seen = (0, 0, 0);
    for number in rows(&app.path, "SELECT po_number FROM purchase_orders WHERE id % 11 AND id < 60") {
        let schema_core::value::Value::Text(number) = &number[0] else { panic!("a number") };
        let times = orders.times(number).unwrap();
        seen.0 += times.iter().filter(|bag| bag.until_packed.is_some_and(|seconds| seconds > 0)).count();
        seen.1 += times.iter().filter(|bag| bag.until_packed.is_some_and(|seconds| seconds < 0)).count();
        seen.2 += times.iter().filter(|bag| bag.first_packed.is_none()).count();
        let plain = format!(
            "WITH first_counts AS
                (SELECT bag_id, min(created_at) AS at FROM machine_counts WHERE bag_id IS NOT NULL GROUP BY bag_id),
             first_packed AS
                (SELECT bag_id, min(created_at) AS at FROM warehouse_submissions
                 WHERE bag_id IS NOT NULL AND submission_type = 'packaged' GROUP BY bag_id)
             SELECT b.id, r.received_at, c.at, p.at,
                CAST(strftime('%s', p.at) AS INTEGER) - CAST(strftime('%s', c.at) AS INTEGER),
                julianday(coalesce(c.at, p.at)) - julianday(r.received_at)
             FROM bags b JOIN small_boxes x ON x.id = b.small_box_id JOIN receiving r ON r.id = x.receiving_id
             JOIN purchase_orders o ON o.id = r.po_id
             LEFT JOIN first_counts c ON c.bag_id = b.id LEFT JOIN first_packed p ON p.bag_id = b.id
             WHERE o.po_number = '{number}' ORDER BY c.at IS NULL, c.at, b.id"
        );
        app.agrees(
            &cells!(
                times,
                |b| b.bag_id,
                b.received_at,
                b.first_count,
                b.first_packed,
                b.until_packed,
                b.waited
            ),
            &plain,
        );
    }
    assert!(seen.0 > 20 && seen.1 > 20 && seen.2 > 20, "{seen:?}");
}

#[test]
fn the_fifth_login_that_fails_locks_out() {
    let app = tablettracker();
    let copy = tablettracker();
    let employees = EmployeeRepository::new(&app.db);
    let at = datetime!(2026-03-01 23:50:00.125 UTC);
    for user in ["user1", "USER4", "user6", "user14", "nobody"] {
        let known = employees.login_failed(user, at).unwrap();
        assert_eq!(known, !["user6", "nobody"].contains(&user), "{user}");
        let changed = rows(
            &copy.path,
            &format!(
                "UPDATE employees SET failed_logins = failed_logins + 1,
                    locked_until = CASE WHEN failed_logins + 1 >= 5 THEN '2026-03-02 00:05:00.125000' ELSE locked_until END
                 WHERE username = '{user}' AND active RETURNING id"
            ),
        );
        assert_eq!(changed.len(), usize::from(known));
    }
    let all = "SELECT * FROM employees ORDER BY id";
    assert_same(&rows(&app.path, all), &rows(&copy.path, all));
    let locked = rows(&app.path, "SELECT username FROM employees WHERE locked_until IS NOT NULL ORDER BY id");
    assert_eq!(locked.len(), 2, "{locked:?}");
}

#[test]
fn tt20_every_reference_has_its_index_and_a_full_scan_is_told() {
    let app = tablettracker();
    let mut keys = 0;
    for table in &*TabletTracker::DEF.tables {
        for key in &*table.foreign_keys {
            let sql = format!("EXPLAIN QUERY PLAN SELECT 1 FROM {} WHERE {} = 7", table.name, key.columns[0]);
            let plan: String = app.db.sqlite_raw(|c| c.query_row(&sql, [], |row| row.get("detail"))).unwrap();
            assert!(plan.starts_with("SEARCH"), "{}.{}: {plan}", table.name, key.columns[0]);
            keys += 1;
        }
    }
    assert_eq!(keys, 13);
    let of_a_bag = WarehouseSubmission::query().filter(|s| s.bag_id.eq(7));
    assert_uses_index(&of_a_bag, &app.db, "warehouse_submissions_bag_id_idx");
    assert_eq!(of_a_bag.explain(&app.db).unwrap().scans().count(), 0);
    let slow = WarehouseSubmission::query().filter(|s| s.loose_tablets.gt(80)).explain(&app.db).unwrap();
    assert_eq!(slow.scans().collect::<Vec<_>>(), ["warehouse_submissions"]);
    assert!(slow.to_string().contains("FULL SCAN: reads every row of `warehouse_submissions`"), "{slow}");
}
