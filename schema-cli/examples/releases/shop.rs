//! A shop in three releases, as its derives say: `APP_RELEASE=shop-2 embedded db status`.

/// Customers and what they owe.
pub(crate) mod first {
    use schema_core::{SqlEnum, Table};

    #[derive(Table, Clone, Debug, PartialEq)]
    pub(crate) struct Customer {
        #[column(primary_key)]
        pub(crate) id: i64,
        pub(crate) name: String,
        pub(crate) email: Option<String>,
    }

    #[derive(SqlEnum, Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) enum Status {
        Open,
        Paid,
        Void,
    }

    #[derive(Table, Clone, Debug, PartialEq)]
    pub(crate) struct Invoice {
        #[column(primary_key)]
        pub(crate) id: i64,
        #[column(references = Customer, index)]
        pub(crate) customer_id: i64,
        pub(crate) cents: i64,
        pub(crate) status: Status,
        pub(crate) note: Option<String>,
    }

    schema_core::schema! {
        /// The first release.
        pub(crate) Shop { Customer, Invoice }
    }
}

/// `name` is called `full_name`, everybody has an address, and payments are kept.
pub(crate) mod second {
    pub(crate) use super::first::Status;
    use schema_core::Table;

    #[derive(Table, Clone, Debug, PartialEq)]
    pub(crate) struct Customer {
        #[column(primary_key)]
        pub(crate) id: i64,
        #[column(renamed_from = "name", index)]
        pub(crate) full_name: String,
        pub(crate) email: String,
    }

    #[derive(Table, Clone, Debug, PartialEq)]
    pub(crate) struct Invoice {
        #[column(primary_key)]
        pub(crate) id: i64,
        #[column(references = Customer, index)]
        pub(crate) customer_id: i64,
        pub(crate) cents: i64,
        pub(crate) status: Status,
        pub(crate) note: Option<String>,
    }

    #[derive(Table, Clone, Debug, PartialEq)]
    pub(crate) struct Payment {
        #[column(primary_key)]
        pub(crate) id: i64,
        #[column(references = Invoice, on_delete = cascade, index)]
        pub(crate) invoice_id: i64,
        #[column(check = "cents > 0")]
        pub(crate) cents: i64,
    }

    schema_core::schema! {
        /// The second release.
        pub(crate) Shop { Customer, Invoice, Payment }
    }
}

/// No invoice is void any more, none is negative, and each has a currency.
pub(crate) mod third {
    use schema_core::{SqlEnum, Table};

    #[derive(Table, Clone, Debug, PartialEq)]
    pub(crate) struct Customer {
        #[column(primary_key)]
        pub(crate) id: i64,
        #[column(index)]
        pub(crate) full_name: String,
        pub(crate) email: String,
    }

    #[derive(SqlEnum, Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) enum Status {
        Open,
        Paid,
    }

    #[derive(Table, Clone, Debug, PartialEq)]
    pub(crate) struct Invoice {
        #[column(primary_key)]
        pub(crate) id: i64,
        #[column(references = Customer, index)]
        pub(crate) customer_id: i64,
        #[column(check = "cents >= 0")]
        pub(crate) cents: i64,
        pub(crate) status: Status,
        pub(crate) note: Option<String>,
        #[column(default = "EUR")]
        pub(crate) currency: String,
    }

    #[derive(Table, Clone, Debug, PartialEq)]
    pub(crate) struct Payment {
        #[column(primary_key)]
        pub(crate) id: i64,
        #[column(references = Invoice, on_delete = cascade, index)]
        pub(crate) invoice_id: i64,
        #[column(check = "cents > 0")]
        pub(crate) cents: i64,
    }

    schema_core::schema! {
        /// The third release.
        pub(crate) Shop { Customer, Invoice, Payment }
    }
}
