//! Decimals are text that compares as numbers do, wherever a typed query compares.
#![cfg(feature = "rust_decimal")]
#![allow(missing_docs)]

use rust_decimal::Decimal;
use schema_core::{
    Db, Schema, SqlType, Table,
    dialect::sqlite,
    expr::{count, count_distinct, each, max, min, value},
    query::Comparison,
    row,
    value::{Cell, CellError, Row as Cells, SqlType as _, Value},
};

#[derive(SqlType, Clone, Copy, Debug, PartialEq)]
pub struct Fee(Decimal);

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Item {
    #[column(primary_key)]
    pub id: i64,
    pub price: Decimal,
    pub discount: Option<Decimal>,
    #[column(unique)]
    pub code: Decimal,
    #[column(default_sql = "'0.5'")]
    pub fee: Fee,
}

schema_core::schema! { pub Shop { Item } }

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// Prices whose texts sort otherwise than their values.
const PRICES: [&str; 8] = ["10.0", "9.5", "-1", "100", "0.00", "1.50", "-20.25", "9.50"];

fn shop() -> Db<Shop> {
    let db = Db::<Shop>::in_memory().unwrap();
    for table in Shop::DEF.tables.iter() {
        db.sqlite_raw(|connection| connection.execute_batch(&sqlite::create_table(table))).unwrap();
    }
    let items = ItemRepository::new(&db);
    for (code, price) in (1..).zip(PRICES) {
        items.insert(NewItem { price: decimal(price), code: Decimal::from(code) }).unwrap();
    }
    db
}

fn shown(prices: &[Decimal]) -> Vec<String> {
    prices.iter().map(ToString::to_string).collect()
}

fn read(value: Value) -> Result<Decimal, CellError> {
    Decimal::read(Cells::Values(&[value]), 0)
}

#[test]
fn they_compare_by_their_value_and_not_by_their_text() {
    let db = shop();
    let count = |query: schema_core::query::Query<Item>| query.count(&db).unwrap();
    assert_eq!(count(Item::query().filter(|i| i.price.lt(decimal("10.0")))), 6);
    assert_eq!(count(Item::query().filter(|i| i.price.le(decimal("9.5")))), 6);
    assert_eq!(count(Item::query().filter(|i| i.price.gt(decimal("9.5")))), 2);
    assert_eq!(count(Item::query().filter(|i| i.price.ge(decimal("9.50")))), 4);
    assert_eq!(count(Item::query().filter(|i| i.price.eq(decimal("1.5")))), 1);
    assert_eq!(count(Item::query().filter(|i| i.price.ne(decimal("9.500")))), 6);
    assert_eq!(count(Item::query().filter(|i| i.price.between(decimal("-5"), decimal("9.75")))), 5);
    assert_eq!(count(Item::query().filter(|i| i.price.in_list([decimal("1.500"), decimal("0")]))), 2);
    assert_eq!(count(Item::query().filter(|i| i.price.not_in_list([decimal("9.500")]))), 6);
    assert_eq!(count(Item::query().filter(|i| i.price.gt(i.code))), 4);
    assert_eq!(count(Item::query().filter(|i| value(decimal("9.5")).lt(i.price))), 2);
    assert_eq!(count(Item::query().filter(|i| i.discount.lt(decimal("1")))), 0);
    assert_eq!(count(Item::query().filter(|i| i.fee.lt(Fee(decimal("10"))))), 8);
}

#[test]
fn text_that_another_program_has_written_compares_by_its_value_too() {
    let db = shop();
    db.sqlite_raw(|connection| {
        connection.execute_batch(
            "UPDATE items SET price = '0001.5000' WHERE code = '6'; UPDATE items SET price = '1e2' WHERE code = '4';
             UPDATE items SET discount = '1.50', price = '+9.5' WHERE code = '2'",
        )
    })
    .unwrap();
    assert_eq!(Item::query().filter(|i| i.price.eq(decimal("1.5"))).count(&db).unwrap(), 1);
    assert_eq!(Item::query().filter(|i| i.price.eq(decimal("100"))).count(&db).unwrap(), 1);
    assert_eq!(Item::query().filter(|i| i.price.in_list([decimal("9.5")])).count(&db).unwrap(), 2);
    let distinct: i64 = Item::query().aggregate(|i| count_distinct(i.price)).one(&db).unwrap();
    assert_eq!(distinct, 7);
    let half: Vec<Option<Decimal>> =
        Item::query().select(|i| i.discount.null_if(decimal("1.5"))).all(&db).unwrap();
    assert_eq!(half, [None; 8]);
    let equal = |one: &'static str| {
        let prices = Item::query().filter(|i| i.code.eq(decimal("6"))).select(|i| i.price);
        Item::query().filter(move |_| value(decimal(one)).in_query(prices)).count(&db).unwrap()
    };
    assert_eq!((equal("1.5"), equal("1.6")), (8, 0));
    let pairs = Item::query().filter(|i| i.code.eq(decimal("6"))).select(|i| (i.price, i.code));
    let found = Item::query().filter(|i| row((value(decimal("1.50")), i.code)).in_query(pairs));
    assert_eq!(found.count(&db).unwrap(), 1);
    let found = Item::query().filter(|i| row((i.price, i.code)).in_list([(decimal("1.50"), decimal("6.0"))]));
    assert_eq!(found.count(&db).unwrap(), 1);
    // The one price that is a discount is `+9.5` as a text, and 9.5 as a value.
    let set = "UPDATE items SET discount = '9.500' WHERE code = '1'";
    db.sqlite_raw(|connection| connection.execute_batch(set)).unwrap();
    let discounts = || Item::query().select(|i| i.discount);
    assert_eq!(Item::query().filter(|i| i.price.in_query(discounts())).count(&db).unwrap(), 3);
    assert_eq!(Item::query().filter(|i| i.price.not_in_query(discounts())).count(&db).unwrap(), 5);
}

#[test]
fn they_are_ordered_paged_grouped_and_told_apart_by_their_value() {
    let db = shop();
    let sorted = ["-20.25", "-1", "0", "1.5", "9.5", "9.5", "10", "100"];
    let by_price = || Item::query().order_by(|i| (i.price.asc(), i.id.asc()));
    assert_eq!(shown(&by_price().select(|i| i.price).all(&db).unwrap()), sorted);
    assert_eq!(Item::query().order_by(|i| i.price.desc()).first(&db).unwrap().unwrap().price, decimal("100"));

    for signed in [false, true] {
        let query = || Item::query().order_by(|i| if signed { i.price.desc() } else { i.price.asc() });
        let mut found = Vec::new();
        let mut page = query().limit(3).page(&db).unwrap();
        loop {
            found.extend(page.rows.iter().map(|item| item.price));
            let Some(next) = page.next else { break };
            page = query().after(next).limit(3).page(&db).unwrap();
        }
        let mut expected = sorted;
        if signed {
            expected.reverse();
        }
        assert_eq!(shown(&found), expected);
        let back = query().before(page.previous).limit(3).page(&db).unwrap();
        assert_eq!(back.rows.iter().map(|item| item.price.to_string()).collect::<Vec<_>>(), expected[3..6]);
    }

    let ends: (Option<Decimal>, Option<Decimal>) =
        Item::query().aggregate(|i| (min(i.price), max(i.price))).one(&db).unwrap();
    assert_eq!(ends, (Some(decimal("-20.25")), Some(decimal("100"))));
    db.sqlite_raw(|connection| connection.execute("UPDATE items SET price = '9.50' WHERE code = '8'", []))
        .unwrap();
    let groups: Vec<(Decimal, i64)> = Item::query()
        .group_by(|i| i.price)
        .having(|_, i| count(i).gt(1))
        .select(|price, i| (price, count(i)))
        .all(&db)
        .unwrap();
    assert_eq!(groups, [(decimal("9.5"), 2)]);
    let dearest: Vec<Option<Decimal>> = Item::query()
        .group_by(|i| i.discount)
        .select(|_, i| max(each(i, |i| i.price)).nullable())
        .all(&db)
        .unwrap();
    assert_eq!(dearest, [Some(decimal("100"))]);
    let distinct = Item::query().select(|i| i.price).distinct().order_by_result(0).all(&db).unwrap();
    assert_eq!(shown(&distinct).len(), 7);
    assert_eq!(distinct, {
        let mut sorted = distinct.clone();
        sorted.sort();
        sorted
    });
    let low = Item::query().filter(|i| i.price.lt(decimal("2"))).select(|i| i.price);
    let union = low.union(Item::query().select(|i| i.price)).order_by_result_desc(0).all(&db).unwrap();
    assert_eq!(shown(&union)[..2], ["100", "10"]);
    assert_eq!(union.len(), 7);
}

#[test]
fn a_number_has_one_text_so_that_keys_tell_numbers_apart() {
    let db = shop();
    let items = ItemRepository::new(&db);
    let item = items.insert(NewItem { price: decimal("12.3400"), code: decimal("0.10") }).unwrap();
    assert_eq!((item.price.to_string(), item.fee), ("12.34".to_owned(), Fee(decimal("0.5"))));
    assert_eq!(items.get(item.id).unwrap(), item);
    assert_eq!(items.get_by(|i| i.code, decimal("0.100")).unwrap(), item);
    let error = items.insert(NewItem { price: decimal("1"), code: decimal("0.1") }).unwrap_err();
    assert!(error.violates::<Item>(|i| i.code), "{error}");
    let stored: String = db
        .sqlite_raw(|sqlite| {
            let sql = "SELECT price || ' ' || typeof(price) || ' ' || code FROM items ORDER BY id DESC";
            sqlite.query_row(sql, [], |row| row.get(0))
        })
        .unwrap();
    assert_eq!(stored, "12.34 text 0.1");
    assert_eq!(Decimal::to_value(&decimal("-0.00")).unwrap(), Value::Text("0".to_owned()));
    for end in [Decimal::MAX, Decimal::MIN, decimal("0.0000000000000000000000000001")] {
        assert_eq!(read(Decimal::to_value(&end).unwrap()).unwrap(), end);
    }
}

#[test]
fn what_is_no_decimal_is_an_error_that_names_its_column() {
    let db = shop();
    for (stored, why) in [
        ("'dear'", "found TEXT 'dear', wanted Decimal"),
        ("'1_000'", "no decimal number of at most 28 digits"),
        ("'0.00000000000000000000000000001'", "no decimal number of at most 28 digits"),
        ("x'31'", "found BLOB"),
    ] {
        db.sqlite_raw(|sqlite| {
            sqlite.execute(&format!("UPDATE items SET price = {stored} WHERE id = 1"), [])
        })
        .unwrap();
        let error = ItemRepository::new(&db).get(1).unwrap_err();
        assert!(error.is_value(), "{error:?}");
        let message = error.to_string();
        assert!(message.contains("price") && message.contains(why), "{message}");
    }
    assert_eq!(read(Value::Integer(7)).unwrap(), decimal("7"));
    let error = read(Value::Real(0.1)).unwrap_err().to_string();
    assert!(error.contains("REAL 0.1") && error.contains("not exact"), "{error}");
    assert_eq!(Cell::from(&Value::Null).kind(), "NULL");
}

#[test]
fn a_patch_and_a_filter_by_name_read_them_from_text() {
    let db = shop();
    let items = ItemRepository::new(&db);
    let patch = |json: &str| serde_json::from_str::<ItemUpdate>(json);
    items.patch(1, patch(r#"{"price": "12.30", "discount": 3}"#).unwrap()).unwrap();
    let item = items.get(1).unwrap();
    assert_eq!((item.price, item.discount), (decimal("12.3"), Some(decimal("3"))));
    let error = patch(r#"{"price": 12.3}"#).err().unwrap().to_string();
    assert!(error.contains("price") && error.contains("write it as a string"), "{error}");
    assert!(patch(r#"{"price": "a lot"}"#).is_err() && patch(r#"{"price": null}"#).is_err());

    let price = ItemColumns::by_name("price").unwrap();
    let dear = price.compare(Comparison::Gt, "9.50").unwrap();
    let found = Item::query().filter(|i| dear.of(i)).order_by(|i| price.of(i).desc()).all(&db).unwrap();
    let prices: Vec<Decimal> = found.iter().map(|item| item.price).collect();
    assert_eq!(shown(&prices), ["100", "12.3"]);
    let error = price.compare(Comparison::Gt, "a lot").unwrap_err();
    assert!(error.is_value() && error.to_string().contains("a decimal number such as"), "{error}");
}

#[test]
fn a_file_has_the_collation_on_every_connection() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::<Shop>::open(folder.path().join("shop.db")).unwrap();
    for table in Shop::DEF.tables.iter() {
        db.sqlite_raw(|connection| connection.execute_batch(&sqlite::create_table(table))).unwrap();
    }
    db.transaction(|tx| {
        ItemRepository::new(tx).insert(NewItem { price: decimal("9.5"), code: decimal("1") })?;
        assert_eq!(Item::query().filter(|i| i.price.lt(decimal("10"))).count(tx)?, 1);
        Ok(())
    })
    .unwrap();
    let cheap = || Item::query().filter(|i| i.price.lt(decimal("10")));
    assert_eq!(cheap().count(&db).unwrap(), 1);
    Item::update()
        .set(|i| i.price.set(decimal("10.50")))
        .filter(|i| i.price.lt(decimal("10")))
        .run(&db)
        .unwrap();
    db.close().unwrap();
    let reader = Db::<Shop>::options().read_only(true).open(folder.path().join("shop.db")).unwrap();
    assert_eq!(cheap().count(&reader).unwrap(), 0);
}
