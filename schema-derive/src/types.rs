//! What the tokens of a type tell.

use syn::{GenericArgument, PathArguments, Type};

/// A type without the invisible group that a `macro_rules!` puts around it.
fn bare(mut ty: &Type) -> &Type {
    while let Type::Group(group) = ty {
        ty = &group.elem;
    }
    ty
}

/// The type inside `Option<..>`, by its tokens: `Option`, `std::option::Option`, `core::option::Option`.
pub(crate) fn inside_option(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = bare(ty) else { return None };
    if path.qself.is_some() {
        return None;
    }
    let names: Vec<String> = path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    if !matches!(names[..], ["Option"] | ["std" | "core", "option", "Option"]) {
        return None;
    }
    match &path.path.segments.last()?.arguments {
        PathArguments::AngleBracketed(arguments) => match arguments.args.first()? {
            GenericArgument::Type(inside) => Some(inside),
            _ => None,
        },
        _ => None,
    }
}

/// The last name of a path type: `String` of `std::string::String`.
pub(crate) fn last_name(ty: &Type) -> Option<String> {
    match bare(ty) {
        Type::Path(path) if path.qself.is_none() => Some(path.path.segments.last()?.ident.to_string()),
        _ => None,
    }
}

/// The name of the last type in a path's angle brackets: `str` of `Cow<'static, str>`.
fn argument(ty: &Type) -> Option<String> {
    let Type::Path(path) = bare(ty) else { return None };
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else {
        return None;
    };
    match arguments.args.last()? {
        GenericArgument::Type(inside) => last_name(inside),
        _ => None,
    }
}

/// What a type is, as far as its name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    Integer,
    Float,
    Boolean,
    Text,
    Bytes,
    Instant,
    Day,
    Uuid,
    Decimal,
    Unknown,
}

pub(crate) fn known(ty: &Type) -> Known {
    match last_name(ty).as_deref() {
        Some("i8" | "i16" | "i32" | "i64" | "isize" | "u8" | "u16" | "u32" | "u64" | "usize") => {
            Known::Integer
        }
        Some("f32" | "f64") => Known::Float,
        Some("bool") => Known::Boolean,
        Some("String") => Known::Text,
        Some("Cow" | "Box") if argument(ty).as_deref() == Some("str") => Known::Text,
        Some("Vec") if argument(ty).as_deref() == Some("u8") => Known::Bytes,
        Some("OffsetDateTime" | "PrimitiveDateTime") => Known::Instant,
        Some("Date" | "Time") => Known::Day,
        Some("Uuid") => Known::Uuid,
        Some("Decimal") => Known::Decimal,
        _ => Known::Unknown,
    }
}

/// What to write in place of a type that no column can have, where its tokens show it.
pub(crate) fn replacement(ty: &Type) -> Option<&'static str> {
    match bare(ty) {
        Type::Reference(_) => Some("a table owns its values: write `String` for text, `Vec<u8>` for bytes"),
        Type::Array(_) => {
            Some("an array is no column type: write `Vec<u8>` for bytes, or mark the field `#[column(json)]`")
        }
        Type::Tuple(_) => Some(
            "a tuple is no column type: write a field for each part, or mark the field `#[column(json)]`",
        ),
        _ => match last_name(ty)?.as_str() {
            "i128" | "u128" => {
                Some("an integer in SQL has 64 bits: write `i64`, or `String` for longer numbers")
            }
            "char" => Some("SQL has no single characters: write `String`"),
            "str" => Some("a table owns its values: write `String`"),
            "Option" => Some("an `Option` in an `Option`: NULL is one value, write it once"),
            _ => None,
        },
    }
}
