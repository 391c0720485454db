//! Documents that people carry: machine-readable lines of passports, numbers of vehicles.
//!
//! Misses   the first line of a passport is known by its fillers only.
//! Source   ICAO 9303 parts 4 to 6 (MRZ), 49 CFR 565 (check digit of VINs in North America).

use super::national_ids::icao;
use super::rules::is_vin;
use super::shape::Shape;
use super::signs::Signs;
use bartizan_model::data_class::DataClass;

pub(super) fn recognise(shape: &Shape<'_>, signs: &mut Signs) {
    if is_mrz(shape.bytes) {
        signs.note(DataClass::PassportMrz, 20);
    }
    if is_vin(shape) && has_vin_check(shape.bytes) {
        signs.note(DataClass::VehicleVin, 4);
    }
}

/// One line, or two or three with line ends between or without.
fn is_mrz(text: &[u8]) -> bool {
    let is_used = |it: &u8| it.is_ascii_uppercase() || it.is_ascii_digit() || *it == b'<';
    let line = text.split(|it| matches!(it, b'\n' | b'\r')).next().unwrap_or_default();
    if !matches!(line.len(), 30 | 36 | 44 | 72 | 88 | 90) || !line.iter().all(is_used) {
        return false;
    }
    let is_first = matches!(line.first(), Some(b'P' | b'I' | b'A' | b'C' | b'V'))
        && memchr::memmem::find(line, b"<<").is_some();
    is_first || is_second(line)
}

/// The number, the day of birth and the day of expiry have their check digits behind them.
fn is_second(line: &[u8]) -> bool {
    let holds = |from: usize, to: usize| {
        let check = line.get(to).copied().unwrap_or(0);
        let is_digit = check.is_ascii_digit() || check == b'<';
        is_digit
            && line
                .get(from..to)
                .is_some_and(|it| icao(it) == u32::from(check.saturating_sub(b'0') % 12))
    };
    match line.len() {
        36 | 44 => holds(0, 9) && holds(13, 19) && holds(21, 27),
        30 => holds(0, 6) && holds(8, 14),
        _ => false,
    }
}

/// The ninth character is the check digit of the others.
fn has_vin_check(text: &[u8]) -> bool {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let value = |byte: &u8| match byte.to_ascii_uppercase() {
        digit @ b'0'..=b'9' => u32::from(digit - b'0'),
        letter @ b'A'..=b'H' => u32::from(letter - b'A') + 1,
        letter @ b'J'..=b'R' => u32::from(letter - b'J') + 1,
        letter @ b'S'..=b'Z' => u32::from(letter - b'S') + 2,
        _ => 0,
    };
    let rest =
        text.iter().zip(WEIGHTS).map(|(byte, weight)| value(byte) * weight).sum::<u32>() % 11;
    text.get(8).is_some_and(|check| match check.to_ascii_uppercase() {
        b'X' => rest == 10,
        check => check.is_ascii_digit() && rest == u32::from(check - b'0'),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_vehicles_of_the_standards_are_known() {
        for (class, text, expected) in [
            (DataClass::PassportMrz, "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", true),
            (DataClass::PassportMrz, "L898902C36UTO7408122F1204159ZE184226B<<<<<10", true),
            (DataClass::PassportMrz, "L898902C37UTO7408122F1204159ZE184226B<<<<<10", false),
            (DataClass::PassportMrz, "I<UTOD231458907<<<<<<<<<<<<<<<", true),
            (DataClass::PassportMrz, "7408122F1204159UTO<<<<<<<<<<<6", true),
            (DataClass::VehicleVin, "1M8GDM9AXKP042788", true),
            (DataClass::VehicleVin, "1M8GDM9AXKP042789", false),
        ] {
            let mut signs = Signs::default();
            recognise(&Shape::of(text.as_bytes()), &mut signs);
            assert_eq!(signs.has(class), expected, "{text}");
        }
    }
}
