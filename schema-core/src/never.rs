//! What is only there to be told that it is not there: methods that people look for where they are not, and types in
//! places where they do not belong. Each asks for a trait that nothing implements, whose message says what to write.

/// Traits that nothing implements: `Name "message", "label", "note", ..;`.
macro_rules! asks {
    ($($name:ident $message:literal, $label:literal $(, $note:literal)*;)*) => {$(
        #[doc(hidden)]
        #[diagnostic::on_unimplemented(message = $message, label = $label $(, note = $note)*)]
        pub trait $name: Sized {
            #[doc(hidden)]
            fn never<R>(self) -> R;
        }
    )*};
}

/// Methods that ask for such a trait: `[T: SqlType] Window<T> where [Self: Name] eq(right) asc()`.
macro_rules! misplaced {
    // The bound comes as it stands there: rustc then shows it where it was written, and not this macro.
    (@ [$($generic:tt)*] $type:ty, [$($bound:tt)*], $method:ident($($argument:ident),*)) => {
        impl<$($generic)*> $type {
            #[doc(hidden)]
            #[allow(non_camel_case_types, clippy::should_implement_trait)]
            pub fn $method<R $(, $argument)*>(self $(, _: $argument)*) -> R
            where
                $($bound)*
            {
                self.never()
            }
        }
    };
    ($generic:tt $type:ty where $bound:tt $($method:ident $arguments:tt)*) => {
        $($crate::never::misplaced!(@ $generic $type, $bound, $method $arguments);)*
    };
}

pub(crate) use {asks, misplaced};
