//! Which classes were measured, and how well they are told. What was not measured, or is told wrongly more often than three
//! times in a hundred, may be shown but never masked.
//!
//! Source   `classification/measure`, which writes the table; docs/classification.md says how.

use bartizan_model::data_class::DataClass;

/// Precision from which a class may be masked, in thousandths.
pub const MASK_PRECISION_MIN: u16 = 970;
/// Fields of a class that a measurement takes, to count.
pub const MASK_FIELDS_MIN: u16 = 30;

/// How well a class is told, of fields whose data was not used to write the classifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// Of the fields that were told to be of the class, those that were, in thousandths.
    pub precision: u16,
    /// Of the fields of the class, those that were told, in thousandths.
    pub recall: u16,
    /// Fields of the class.
    pub fields: u16,
}

/// How well a class is told; `None` if nobody measured.
pub fn measured(class: DataClass) -> Option<Measured> {
    let (_, precision, recall, fields) = *MEASURED.iter().find(|it| it.0 == class)?;
    Some(Measured { precision, recall, fields })
}

/// Whether values of a class may be masked.
pub fn may_mask(class: DataClass) -> bool {
    measured(class)
        .is_some_and(|it| it.precision >= MASK_PRECISION_MIN && it.fields >= MASK_FIELDS_MIN)
}

/// Class, precision, recall, fields.
const MEASURED: &[(DataClass, u16, u16, u16)] = &[
    // Written by classification/measure.
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_what_the_table_says() {
        let page = include_str!("../../../../docs/classification.md");
        for class in DataClass::ALL {
            let row = page.lines().find(|it| it.starts_with(&format!("| `{class}` |")));
            let row = row.unwrap_or_else(|| panic!("{class} is not on the page"));
            match measured(*class) {
                Some(it) => {
                    let figure = |it: u16| format!("{}.{}", it / 10, it % 10);
                    assert!(row.contains(&figure(it.precision)), "{row}");
                    assert!(row.contains(&figure(it.recall)), "{row}");
                    assert_eq!(row.contains("cannot mask"), !may_mask(*class), "{row}");
                }
                None => assert!(row.contains("not measured: cannot mask"), "{row}"),
            }
        }
    }
}
