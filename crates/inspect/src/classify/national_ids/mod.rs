//! National identifiers: numbers that a state gives to its people, and a few to companies.
//!
//! Reads    values of at most [`LENGTH_MAX`] characters, with or without the separators that are usual.
//! Misses   numbers without a check digit in anything but their usual form; which of several countries is meant
//!          where they share a rule (nine digits with Luhn are Canadian or Israeli): the field's name must tell.
//! Source   the rules as published by the issuing authorities, named at each; ISO/IEC 7812-1 and 7064 for the sums.

mod digits;
mod letters;

pub(super) use letters::icao;

use super::shape::{Shape, has};
use super::signs::Signs;

/// Characters of the longest, with separators.
const LENGTH_MAX: usize = 24;

/// Notes the identifiers that a value can be.
pub(super) fn recognise(shape: &Shape<'_>, signs: &mut Signs) {
    let separators = has::DASH | has::DOT | has::SLASH | has::SPACE;
    if shape.len() > LENGTH_MAX || shape.digits == 0 {
        return;
    }
    if shape.only(has::DIGIT | separators) {
        digits::recognise(shape, signs);
        letters::of_digits(shape, signs);
    } else if shape.only(has::ALPHANUMERIC | separators | has::PLUS | has::BRACKET) {
        letters::recognise(shape, signs);
    }
}
