/// A struct of one unnamed field that derives `SqlType`: it is stored in the ways that its inner type is.
#[doc(hidden)]
pub trait Newtype {
    /// The type of the field.
    type Inner;

    /// The struct around a value.
    fn wrap(inner: Self::Inner) -> Self;

    /// The value inside.
    fn inner(&self) -> &Self::Inner;
}
