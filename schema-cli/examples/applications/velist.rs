//! A list of tasks.

/// Users.
pub(crate) mod first {
    use schema_core::Table;

    #[derive(Table, Clone, Debug, PartialEq)]
    pub(crate) struct User {
        #[column(primary_key)]
        pub(crate) id: String,
        #[column(unique)]
        pub(crate) email: String,
    }

    schema_core::schema! {
        pub(crate) Velist { User }
    }
}

/// Users have tasks.
pub(crate) mod second {
    use schema_core::Table;

    #[derive(Table, Clone, Debug, PartialEq)]
    pub(crate) struct User {
        #[column(primary_key)]
        pub(crate) id: String,
        #[column(unique)]
        pub(crate) email: String,
    }

    #[derive(Table, Clone, Debug, PartialEq)]
    pub(crate) struct Task {
        #[column(primary_key)]
        pub(crate) id: String,
        #[column(references = User, index)]
        pub(crate) user_id: String,
        pub(crate) title: String,
        #[column(default = "pending")]
        pub(crate) status: String,
    }

    schema_core::schema! {
        pub(crate) Velist { User, Task }
    }
}
