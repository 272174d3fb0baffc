//! A table of so many columns that its rows are read in parts.
#![allow(missing_docs)]

use schema_core::{Db, Table, dialect::sqlite::create_table};

macro_rules! wide {
    ($($number:ident $text:ident $maybe:ident $flag:ident;)*) => {
        #[derive(Table, Clone, Debug, PartialEq)]
        #[table(name = "wide")]
        pub struct Wide {
            #[column(primary_key)]
            pub id: i64,
            $(
                pub $number: i64,
                pub $text: Option<String>,
                #[column(default = "unsaid")]
                pub $maybe: String,
                pub $flag: bool,
            )*
        }

        /// A row whose values differ in each column.
        fn new(first: i64) -> NewWide {
            let mut number = first;
            let mut next = || {
                number += 1;
                number
            };
            NewWide { $($number: next(), $flag: next() % 3 == 0,)* }
        }
    };
}
wide! {
    n0 t0 m0 f0;
    n1 t1 m1 f1;
    n2 t2 m2 f2;
    n3 t3 m3 f3;
    n4 t4 m4 f4;
    n5 t5 m5 f5;
    n6 t6 m6 f6;
    n7 t7 m7 f7;
    n8 t8 m8 f8;
    n9 t9 m9 f9;
    n10 t10 m10 f10;
    n11 t11 m11 f11;
    n12 t12 m12 f12;
    n13 t13 m13 f13;
    n14 t14 m14 f14;
    n15 t15 m15 f15;
    n16 t16 m16 f16;
    n17 t17 m17 f17;
    n18 t18 m18 f18;
    n19 t19 m19 f19;
    n20 t20 m20 f20;
    n21 t21 m21 f21;
    n22 t22 m22 f22;
    n23 t23 m23 f23;
    n24 t24 m24 f24;
    n25 t25 m25 f25;
    n26 t26 m26 f26;
    n27 t27 m27 f27;
    n28 t28 m28 f28;
    n29 t29 m29 f29;
}

schema_core::schema! { pub Library { Wide } }

#[test]
fn a_wide_row_comes_back_as_it_was_written() {
    let db = Db::<Library>::in_memory().unwrap();
    db.sqlite_raw(|connection| connection.execute_batch(&create_table(Wide::DEF))).unwrap();
    let rows = WideRepository::new(&db);
    let first = rows.insert(new(0).with(|w| (w.t29.set("last"), w.m13.set("in the middle")))).unwrap();
    rows.insert_many((1..70).map(|number| new(number * 100)).collect::<Vec<_>>()).unwrap();
    assert_eq!(
        (first.n0, first.f1, first.n29, first.t29.as_deref(), &*first.m13, &*first.m29),
        (1, false, 59, Some("last"), "in the middle", "unsaid")
    );
    assert_eq!(rows.get(first.id).unwrap(), first);
    let mut changed = first.clone();
    changed.t15 = Some("changed".to_owned());
    assert_eq!(rows.save(&changed).unwrap(), changed);
    let update: WideUpdate = serde_json::from_str(r#"{"n7": -7, "t15": null, "m29": "patched"}"#).unwrap();
    rows.patch(first.id, update).unwrap();
    let patched = rows.get(first.id).unwrap();
    assert_eq!((patched.n7, &patched.t15, &*patched.m29, patched.n8), (-7, &None, "patched", first.n8));
    assert_eq!(rows.list().unwrap().len(), 70);
    db.sqlite_raw(|connection| connection.execute_batch("UPDATE wide SET n21 = 'x' WHERE id = 3")).unwrap();
    let error = rows.get(3).unwrap_err();
    assert!(error.to_string().contains("`wide.n21` of the row with id = 3"), "{error}");
}
