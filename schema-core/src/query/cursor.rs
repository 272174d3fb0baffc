use std::{fmt, str::FromStr};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::{
    database::CursorKey,
    error::{Error, Kind, Result},
    value::Value,
};

/// The form that a cursor is written in; the first byte of its text.
const VERSION: u8 = 1;
/// Bytes of the signature, and of what tells one order from another.
const SIGNATURE: usize = 16;
const ORDER: usize = 8;

/// A place between two rows of an ordered query: what a page gives, and what
/// [`after`](super::Query::after) and [`before`](super::Query::before) take.
///
/// It travels as text ([`Display`](fmt::Display), [`FromStr`], serde), of letters, digits, `-` and `_`, and
/// holds the values that the row at its edge is ordered by: who can read it can read them. It fits the
/// order that it was made in and no other. A handle with
/// [`cursor_key`](crate::OpenOptions::cursor_key) signs it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Cursor {
    /// What is signed: the version, the order and the values.
    content: Vec<u8>,
    /// Empty without a key.
    signature: Vec<u8>,
}

impl Cursor {
    pub(super) fn new(order: &str, values: &[Value], key: Option<&CursorKey>) -> Result<Self> {
        let mut content = vec![VERSION];
        content.extend(order_mark(order));
        values.iter().for_each(|value| write_value(value, &mut content));
        let signature = key.map(|key| signed(&content, key)).transpose()?.unwrap_or_default();
        Ok(Self { content, signature })
    }

    /// The values of the row at its edge.
    ///
    /// # Errors
    /// It was made in another order, changed, or is not signed by this key.
    pub(super) fn values(&self, order: &str, count: usize, key: Option<&CursorKey>) -> Result<Vec<Value>> {
        if let Some(key) = key {
            let mut signer = signer(key)?;
            signer.update(&self.content);
            if self.signature.len() != SIGNATURE || signer.verify_truncated_left(&self.signature).is_err() {
                return Err(refused("it is not signed with this handle's key"));
            }
        }
        let values = self.content.get(1 + ORDER..).unwrap_or_default();
        if self.content.get(1..=ORDER) != Some(&order_mark(order)[..]) {
            return Err(refused("it was made by a query with another order"));
        }
        let values = read_values(values).filter(|values| values.len() == count);
        values.ok_or_else(|| refused("it was changed"))
    }
}

fn refused(why: &str) -> Error {
    Error::new(
        Kind::Value,
        format!("the cursor does not fit: {why}; nothing was read: begin again with the first page"),
    )
}

fn signer(key: &CursorKey) -> Result<Hmac<Sha256>> {
    Hmac::new_from_slice(key.bytes())
        .map_err(|_| Error::misuse("the handle's cursor key has a length that no signature can be made with"))
}

fn signed(content: &[u8], key: &CursorKey) -> Result<Vec<u8>> {
    let mut signer = signer(key)?;
    signer.update(content);
    Ok(signer.finalize().into_bytes().iter().take(SIGNATURE).copied().collect())
}

/// Tells orders apart: the same in every process and release.
fn order_mark(order: &str) -> [u8; ORDER] {
    let digest = Sha256::digest(order.as_bytes());
    std::array::from_fn(|at| digest[at])
}

fn write_value(value: &Value, to: &mut Vec<u8>) {
    let mut long = |kind: u8, bytes: &[u8]| {
        to.push(kind);
        to.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        to.extend(bytes);
    };
    match value {
        Value::Null => to.push(b'n'),
        Value::Text(text) => long(b't', text.as_bytes()),
        Value::Blob(bytes) => long(b'b', bytes),
        Value::Integer(number) => {
            to.push(b'i');
            to.extend(number.to_be_bytes());
        }
        Value::Real(number) => {
            to.push(b'r');
            to.extend(number.to_bits().to_be_bytes());
        }
    }
}

fn read_values(mut bytes: &[u8]) -> Option<Vec<Value>> {
    let mut values = Vec::new();
    while let Some((kind, rest)) = bytes.split_first() {
        let (value, rest) = match kind {
            b'n' => (Value::Null, rest),
            b'i' | b'r' => {
                let (number, rest) = rest.split_first_chunk::<8>()?;
                let value = match kind {
                    b'i' => Value::Integer(i64::from_be_bytes(*number)),
                    _ => Value::Real(f64::from_bits(u64::from_be_bytes(*number))),
                };
                if matches!(value, Value::Real(number) if number.is_nan()) {
                    return None;
                }
                (value, rest)
            }
            b't' | b'b' => {
                let (length, rest) = rest.split_first_chunk::<4>()?;
                let (content, rest) = rest.split_at_checked(u32::from_be_bytes(*length).try_into().ok()?)?;
                let value = match kind {
                    b't' => Value::Text(String::from_utf8(content.to_vec()).ok()?),
                    _ => Value::Blob(content.to_vec()),
                };
                (value, rest)
            }
            _ => return None,
        };
        values.push(value);
        bytes = rest;
    }
    Some(values)
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![u8::from(!self.signature.is_empty())];
        bytes.extend(&self.signature);
        bytes.extend(&self.content);
        f.write_str(&BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cursor({self})")
    }
}

impl FromStr for Cursor {
    type Err = Error;

    /// # Errors
    /// `is_value`: the text is no cursor. Whether it fits a query is found out when the page is read.
    fn from_str(text: &str) -> Result<Self> {
        let broken = || refused("the text is no cursor");
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| broken())?;
        let (is_signed, rest) = bytes.split_first().ok_or_else(broken)?;
        let signature = match is_signed {
            0 => 0,
            1 => SIGNATURE,
            _ => return Err(broken()),
        };
        let (signature, content) = rest.split_at_checked(signature).ok_or_else(broken)?;
        let is_whole =
            content.first() == Some(&VERSION) && content.get(1 + ORDER..).and_then(read_values).is_some();
        if !is_whole {
            return Err(broken());
        }
        Ok(Self { content: content.to_vec(), signature: signature.to_vec() })
    }
}

impl serde::Serialize for Cursor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Cursor {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <String as serde::Deserialize>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
