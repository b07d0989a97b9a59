//! Personal data that may travel through the code but never into a log.

use std::fmt;

/// A value whose `Debug` and `Display` show only that it is there and how long it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Masked<T>(pub T);

impl<T: AsRef<str>> fmt::Debug for Masked<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "‹{} characters›", self.0.as_ref().chars().count())
    }
}

impl<T: AsRef<str>> fmt::Display for Masked<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::Masked;

    #[test]
    fn nothing_of_the_value_is_shown() {
        assert_eq!(format!("{:?} {}", Masked("Budi"), Masked("0812")), "‹4 characters› ‹4 characters›");
    }
}
