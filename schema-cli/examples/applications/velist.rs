//! A list of tasks.

/// Two users that are there in every development database, however often it is called.
pub(crate) fn seed(
    tx: &schema_core::Tx<'_, first::Velist>,
    progress: &mut schema_cli::SeedProgress<'_>,
) -> schema_core::Result<()> {
    let users = first::UserRepository::new(tx);
    for (done, (id, email)) in [("01", "ann@example.org"), ("02", "ben@example.org")].into_iter().enumerate()
    {
        progress.at("users", done as u64, 2);
        if users.find(id)?.is_none() {
            users.insert(first::NewUser { id: id.to_owned(), email: email.to_owned() })?;
        }
    }
    Ok(())
}

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
