//! Comparison of lists that are long.

use std::fmt::Debug;

/// Fails with what is missing, with what is too much, or with the first that is out of order.
#[track_caller]
pub fn assert_same<T: Debug + PartialEq>(
    found: impl IntoIterator<Item = T>,
    expected: impl IntoIterator<Item = T>,
) {
    assert_same_in("the list", found, expected);
}

/// Like [`assert_same`]. The failure begins with where `found` is, which is the place to edit.
#[track_caller]
pub fn assert_same_in<T: Debug + PartialEq>(
    place: &str,
    found: impl IntoIterator<Item = T>,
    expected: impl IntoIterator<Item = T>,
) {
    let (found, expected) = (Vec::from_iter(found), Vec::from_iter(expected));
    let missing = without(&expected, &found);
    let too_much = without(&found, &expected);
    assert!(
        missing.is_empty() && too_much.is_empty(),
        "{place}: missing: {missing:?}, too much: {too_much:?}"
    );
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found, expected, "{place}: out of order");
    }
    assert_eq!(found.len(), expected.len(), "{place}: twice: {found:?}");
}

fn without<'a, T: PartialEq>(list: &'a [T], other: &[T]) -> Vec<&'a T> {
    list.iter().filter(|one| !other.contains(one)).collect()
}

#[cfg(test)]
mod tests {
    use super::{assert_same, assert_same_in};

    #[test]
    fn equal_lists_pass() {
        assert_same([1, 2], vec![1, 2]);
    }

    #[test]
    #[should_panic(expected = "Cargo.toml: missing: [1]")]
    fn the_place_is_named() {
        assert_same_in("Cargo.toml", [], [1]);
    }

    #[test]
    #[should_panic(expected = "missing: [3], too much: [1, 2]")]
    fn the_difference_is_named() {
        assert_same([1, 2, 4], [4, 3]);
    }

    #[test]
    #[should_panic(expected = "out of order")]
    fn another_order_fails() {
        assert_same([1, 2], [2, 1]);
    }

    #[test]
    #[should_panic(expected = "twice")]
    fn a_duplicate_fails() {
        assert_same([1, 1], [1]);
    }
}
