//! The English number of a table's name, as the derive of a model has it.

/// The plural that the derive gives a struct's name in snake case.
fn plural(name: &str) -> String {
    let vowel_before = |ending: usize| {
        name.chars().rev().nth(ending).is_some_and(|letter| matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u'))
    };
    if let Some(stem) = name.strip_suffix("person") {
        return format!("{stem}people");
    }
    if let Some(stem) = name.strip_suffix("child") {
        return format!("{stem}children");
    }
    if name.ends_with('y') && !vowel_before(1) {
        return format!("{}ies", &name[..name.len() - 1]);
    }
    if ["s", "x", "z", "ch", "sh"].iter().any(|ending| name.ends_with(ending)) {
        return format!("{name}es");
    }
    format!("{name}s")
}

/// Whether the derive makes this table's name of a struct of this name in snake case.
pub(super) fn is_plural_of(table: &str, one: &str) -> bool {
    plural(one) == table
}

/// The singular of a name in snake case whose last word is a plural; the name itself otherwise.
pub(super) fn singular(name: &str) -> String {
    /// Words that end in s and are no plural, or whose singular is none that a model would be called.
    const KEPT: [&str; 13] = [
        "news", "series", "species", "status", "lens", "bus", "gas", "data", "always", "alias", "atlas",
        "canvas", "bias",
    ];
    /// Words whose plural in -ies is of no word in -y.
    const IN_IE: [&str; 20] = [
        "birdie", "bookie", "brownie", "calorie", "collie", "cookie", "foodie", "freebie", "genie", "hoodie",
        "indie", "junkie", "movie", "newbie", "pixie", "rookie", "selfie", "smoothie", "sortie", "zombie",
    ];
    let last = name.rsplit('_').next().unwrap_or(name);
    if KEPT.contains(&last)
        || ["ss", "us", "is"].iter().any(|ending| last.ends_with(ending))
        || last.len() < 3
    {
        return name.to_owned();
    }
    if let Some(stem) = name.strip_suffix("people") {
        return format!("{stem}person");
    }
    if let Some(stem) = name.strip_suffix("children") {
        return format!("{stem}child");
    }
    if last.strip_suffix('s').is_some_and(|one| IN_IE.contains(&one)) {
        return name[..name.len() - 1].to_owned();
    }
    if let Some(stem) = name.strip_suffix("ies").filter(|_| last.len() > 4) {
        return format!("{stem}y");
    }
    if let Some(stem) = name.strip_suffix("es") {
        let ends = |endings: &[&str]| endings.iter().any(|ending| stem.ends_with(ending));
        let hissing = ends(&["ss", "x", "sh", "tch", "nch", "rch", "ach"]) && !ends(&["cach"]);
        if hissing || (ends(&["us"]) && !ends(&["aus", "ous"]) && last != "uses") {
            return stem.to_owned();
        }
    }
    name.strip_suffix('s').map_or_else(|| name.to_owned(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_named_by_one_of_its_rows() {
        for (many, one) in [
            ("books", "book"),
            ("categories", "category"),
            ("boxes", "box"),
            ("addresses", "address"),
            ("databases", "database"),
            ("statuses", "status"),
            ("houses", "house"),
            ("caches", "cache"),
            ("batches", "batch"),
            ("sizes", "size"),
            ("order_people", "order_person"),
            ("series", "series"),
            ("status", "status"),
            ("book", "book"),
            ("progress", "progress"),
            ("movies_tags", "movies_tag"),
            ("user_movies", "user_movie"),
            ("cookies", "cookie"),
            ("ctas", "cta"),
            ("rowids", "rowid"),
        ] {
            assert_eq!(singular(many), one, "{many}");
        }
    }
}
