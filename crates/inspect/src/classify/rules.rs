//! What holds for each class: how much values alone may weigh, what a value that does not fit costs, and what fits
//! where the field's name speaks of the class.

use super::shape::{Shape, has};
use super::{contact, dates, device, health, location, person, secrets};
use bartizan_model::data_class::DataClass;

/// Kinds of classes: a word in a field's name denies a whole kind.
pub(super) mod kind {
    /// Numbers that many other things are: the field of an order holds no card.
    pub(in super::super) const NUMBER: u8 = 1;
    /// Names, which things have as well.
    pub(in super::super) const NAME: u8 = 1 << 1;
    /// Days.
    pub(in super::super) const DATE: u8 = 1 << 2;
    /// Places.
    pub(in super::super) const PLACE: u8 = 1 << 3;
    /// Secrets known by name: a password's length is none.
    pub(in super::super) const SECRET: u8 = 1 << 4;
    /// Addresses of networks, which look like versions.
    pub(in super::super) const ADDRESS: u8 = 1 << 5;
}

/// What holds for a class.
#[derive(Clone, Copy)]
pub(super) struct Rule {
    pub(super) kinds: u8,
    /// Bits that values weigh at most, however many there are. Below what is needed to be told, a name must agree.
    pub(super) value_bits_max: i16,
    /// Bits that a value costs that does not fit.
    pub(super) miss_bits: i16,
    /// What a value weighs in a field whose name speaks of the class, where no recogniser knows it.
    pub(super) fits: fn(&Shape<'_>) -> Option<u8>,
}

const fn rule(
    kinds: u8,
    value_bits_max: i16,
    miss_bits: i16,
    fits: fn(&Shape<'_>) -> Option<u8>,
) -> Rule {
    Rule { kinds, value_bits_max, miss_bits, fits }
}

/// Values speak for themselves, and one among others counts.
pub(super) const EVIDENT: i16 = 40;
/// Values have a strict rule: many of them speak for themselves, where the name does not deny it.
const STRICT: i16 = 20;
/// One of ten other numbers passes as well, and other kinds of numbers have the same rule: the name must agree.
const LOOSE: i16 = 8;
/// Values only agree.
pub(super) const AGREES: i16 = 6;

pub(super) const fn of(class: DataClass) -> Rule {
    use DataClass::*;
    use kind::{ADDRESS, DATE, NAME, NUMBER, PLACE, SECRET};
    match class {
        FullName => rule(NAME, 12, 3, |it| person::name(it, 6)),
        FirstName => rule(NAME, 12, 3, |it| person::name(it, 3)),
        LastName => rule(NAME, 12, 3, |it| person::name(it, 4)),
        Username => rule(NAME, 2, 3, person::user),
        BirthDate => {
            rule(DATE, 3, 3, |it| dates::day(it).filter(dates::Day::may_be_birth).map(|_| 2))
        }
        BirthPlace => rule(0, 3, 3, person::town),
        Age => rule(DATE, 2, 4, person::age),
        Gender => rule(NAME, 4, 3, person::gender),
        Nationality => rule(0, 1, 3, |it| person::words(it, 60)),
        MaritalStatus => rule(NAME, 4, 3, person::marital),
        Ethnicity => rule(0, 1, 3, |it| person::words(it, 60)),
        Religion => rule(0, 1, 3, |it| person::words(it, 60)),
        JobTitle => rule(NAME, 1, 3, job_title),
        Salary => rule(0, 1, 3, person::salary),
        FreeTextPersonal => rule(0, EVIDENT, 0, never),
        Email => rule(0, EVIDENT, 4, never),
        Phone => rule(NUMBER, STRICT, 3, |it| contact::is_written_as_phone(it).then_some(1)),
        PostalAddress => rule(PLACE, STRICT, 3, |it| contact::is_address_like(it).then_some(2)),
        Street => rule(PLACE, STRICT, 2, |it| contact::is_street_like(it).then_some(1)),
        City => rule(PLACE, AGREES, 3, person::town),
        PostalCode => rule(PLACE, AGREES, 4, contact::postal_code),
        UkNino | FrNir | ItCodiceFiscale | FiHetu | CnResidentId | MxCurp | ChAhv => {
            rule(NUMBER, STRICT, 4, never)
        }
        UsSsn | UsItin | DeTaxId | BeNationalNumber | AtSvnr | PlPesel | CzRodneCislo | RoCnp
        | BgEgn | EeIsikukood | GrAmka | SePersonnummer | NoFodselsnummer | TrTckn | ZaId
        | BrCpf | BrCnpj | ArCuil | KrRrn | EsDni | SgNric => rule(NUMBER, STRICT, 4, never),
        UsEin | IePps | DeIdCard | PtNif | NlBsn | HrOib | DkCpr | IlId | ClRut | CaSin | AuTfn
        | InAadhaar | InPan | JpMyNumber | TwId | HkId | ThId => rule(NUMBER, LOOSE, 4, never),
        Passport => rule(NUMBER, 1, 3, |it| document(it, 6, 14, 3)),
        PassportMrz => rule(0, EVIDENT, 2, never),
        DriverLicence => rule(NUMBER, 1, 3, |it| document(it, 4, 22, 2)),
        LicencePlate => rule(NUMBER, 1, 3, plate),
        VehicleVin => rule(NUMBER, AGREES, 4, |it| is_vin(it).then_some(1)),
        PaymentCard => rule(NUMBER, STRICT, 4, never),
        CardSecurityCode => rule(NUMBER, 1, 4, |it| {
            (it.digits == it.len() && matches!(it.len(), 3 | 4)).then_some(1)
        }),
        CardExpiry => rule(0, 4, 4, expiry),
        Iban => rule(0, EVIDENT, 4, never),
        BankAccount => rule(NUMBER, 1, 4, bank_account),
        BankRouting => rule(NUMBER, LOOSE, 4, routing),
        Bic => rule(0, LOOSE, 4, never),
        EuVat => rule(NUMBER, LOOSE, 4, never),
        CryptoAddress => rule(0, STRICT, 4, never),
        UkNhs | UsNpi | UsDea | DeKvnr => rule(NUMBER, LOOSE, 4, never),
        AuMedicare => rule(NUMBER, STRICT, 4, never),
        UsMbi => rule(NUMBER, STRICT, 4, never),
        MedicalRecord => rule(0, 1, 3, |it| document(it, 3, 36, 2)),
        Diagnosis => rule(0, 3, 2, diagnosis),
        BloodType => rule(0, 4, 4, |it| health::is_blood_type(it).then_some(4)),
        GeoCoordinate => rule(PLACE, 4, 4, location::coordinate),
        GeoPoint => rule(0, STRICT, 3, never),
        IpAddress => rule(ADDRESS, STRICT, 3, never),
        MacAddress => rule(0, EVIDENT, 4, never),
        Imei => rule(NUMBER, LOOSE, 4, never),
        Imsi => rule(NUMBER, 2, 4, |it| device::is_imsi(it).then_some(1)),
        Iccid => rule(NUMBER, LOOSE, 4, never),
        AdvertisingId => rule(0, 2, 4, |it| device::is_uuid(it).then_some(2)),
        DeviceId => rule(0, 1, 3, |it| document(it, 6, 64, 2)),
        UserAgent => rule(0, EVIDENT, 2, user_agent),
        Password => rule(SECRET, 1, 2, password),
        PasswordHash => rule(0, EVIDENT, 3, hash),
        OneTimeCode => rule(SECRET, 1, 4, code),
        ApiKey => rule(SECRET, EVIDENT, 2, |it| secrets::opaque(it, 16)),
        AccessToken => rule(SECRET, AGREES, 2, |it| secrets::opaque(it, 12)),
        Jwt | PrivateKey => rule(0, EVIDENT, 1, private_key),
        SessionId => rule(SECRET, AGREES, 2, |it| secrets::opaque(it, 8)),
        SharedSecret => rule(SECRET, AGREES, 2, |it| secrets::opaque(it, 6)),
        ConnectionString => rule(0, EVIDENT, 1, connection),
        SignedUrl => rule(0, EVIDENT, 1, never),
    }
}

/// Known by recognisers only.
fn never(_: &Shape<'_>) -> Option<u8> {
    None
}

/// Letters and digits in groups, of so many characters, with so many digits at least.
fn document(
    shape: &Shape<'_>,
    bytes_min: usize,
    bytes_max: usize,
    digits_min: usize,
) -> Option<u8> {
    let parts = has::ALPHANUMERIC | has::DASH | has::SPACE | has::DOT | has::SLASH | has::HIGH;
    let is_one = (bytes_min..=bytes_max).contains(&shape.len())
        && shape.only(parts)
        && shape.digits >= digits_min
        && (shape.letters > 0 || !shape.any(has::DOT))
        && dates::day(shape).is_none();
    is_one.then_some(1)
}

/// Characters outside ASCII have several bytes.
fn plate(shape: &Shape<'_>) -> Option<u8> {
    document(shape, 2, if shape.any(has::HIGH) { 40 } else { 14 }, 1)
}

fn job_title(shape: &Shape<'_>) -> Option<u8> {
    let is_one = (2..=80).contains(&shape.len()) && (shape.letters >= 2 || shape.any(has::HIGH));
    (is_one && shape.digits == 0 && !shape.any(has::AT | has::UNDERSCORE)).then_some(1)
}

/// Characters of a VIN: no I, O or Q (ISO 3779).
pub(super) fn is_vin(shape: &Shape<'_>) -> bool {
    let is_used = |it: &u8| !matches!(it.to_ascii_uppercase(), b'I' | b'O' | b'Q');
    shape.len() == 17
        && shape.only(has::ALPHANUMERIC)
        && shape.digits >= 3
        && shape.letters >= 2
        && shape.bytes.iter().all(is_used)
}

fn expiry(shape: &Shape<'_>) -> Option<u8> {
    let like = [
        &b"99/99"[..],
        b"99/9999",
        b"99-99",
        b"99-9999",
        b"9999-99",
        b"9999/99",
        b"99 / 99",
        b"9/99",
        b"9999",
    ];
    let month = match shape.bytes {
        [_, _, _, _, b'-' | b'/', a, b] | [a, b, ..] => [*a, *b],
        [_] | [] => return None,
    };
    let is_month = matches!(month, [b'0', b'1'..=b'9'] | [b'1', b'0'..=b'2'] | [b'1'..=b'9', b'/']);
    (is_month && like.iter().any(|it| shape.is_like(it))).then_some(2)
}

fn bank_account(shape: &Shape<'_>) -> Option<u8> {
    let is_one = (5..=20).contains(&shape.digits)
        && shape.letters <= 4
        && shape.only(has::ALPHANUMERIC | has::SPACE | has::DASH | has::DOT | has::SLASH)
        && shape.len() <= 34;
    is_one.then_some(1)
}

/// A UK sort code, an Australian BSB, a German Bankleitzahl, an Indian IFSC.
fn routing(shape: &Shape<'_>) -> Option<u8> {
    let like =
        [&b"99-99-99"[..], b"999-999", b"999999", b"99999999", b"999 999 99", b"AAAA0XXXXXX"];
    like.iter().any(|it| shape.is_like(it)).then_some(2)
}

fn diagnosis(shape: &Shape<'_>) -> Option<u8> {
    if health::is_icd10(shape) {
        return Some(3);
    }
    (shape.letters >= 4 && shape.letters > shape.digits * 2 && shape.len() <= 400).then_some(0)
}

fn user_agent(shape: &Shape<'_>) -> Option<u8> {
    (shape.letters >= 4 && shape.any(has::SLASH) && shape.any(has::DIGIT)).then_some(1)
}

fn password(shape: &Shape<'_>) -> Option<u8> {
    let spaces = shape.bytes.iter().filter(|it| **it == b' ').count();
    let is_one = (4..=128).contains(&shape.len())
        && spaces <= 5
        && !shape.bytes.contains(&b'\n')
        && memchr::memmem::find(shape.bytes, b"://").is_none()
        && dates::day(shape).is_none();
    is_one.then_some(1)
}

fn hash(shape: &Shape<'_>) -> Option<u8> {
    let is_base64 = has::ALPHANUMERIC | has::PLUS | has::SLASH | has::OTHER;
    let is_one =
        shape.digits >= 2 && shape.letters >= 4 && shape.only(is_base64) && shape.len() >= 24;
    is_one.then_some(if shape.only(has::ALPHANUMERIC) { 2 } else { 1 })
}

fn code(shape: &Shape<'_>) -> Option<u8> {
    let is_one = (3..=12).contains(&shape.len())
        && shape.digits >= 2
        && shape.only(has::UPPER | has::LOWER | has::DIGIT | has::DASH | has::SPACE);
    is_one.then_some(1)
}

/// A key without its frame.
fn private_key(shape: &Shape<'_>) -> Option<u8> {
    secrets::opaque(shape, 32).filter(|bits| *bits >= 3)
}

fn connection(shape: &Shape<'_>) -> Option<u8> {
    let has = |word: &[u8]| shape.bytes.windows(word.len()).any(|it| it.eq_ignore_ascii_case(word));
    (shape.len() >= 16 && (has(b"password=") || has(b"pwd=") || has(b"accountkey="))).then_some(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_other_numbers_pass_as_well_is_never_told_without_a_name() {
        for class in [DataClass::CaSin, DataClass::NlBsn, DataClass::Imei, DataClass::IlId] {
            assert!(of(class).value_bits_max < 13, "{class}");
        }
    }

    #[test]
    fn fields_named_after_a_class_take_its_forms_only() {
        let fits = |class, text: &str| (of(class).fits)(&Shape::of(text.as_bytes())).is_some();
        for (class, yes, no) in [
            (DataClass::CardExpiry, "04/27", "2020-01-02"),
            (DataClass::CardSecurityCode, "123", "12345"),
            (DataClass::BankRouting, "20-00-00", "20000"),
            (DataClass::Password, "hunter2", "https://example.com/reset"),
            (DataClass::OneTimeCode, "493817", "success"),
            (DataClass::PasswordHash, "5f4dcc3b5aa765d61d8327deb882cf99", "no"),
            (DataClass::VehicleVin, "1M8GDM9AXKP042788", "1M8GDM9AXKP04278O"),
            (DataClass::ConnectionString, "Server=db;Password=hunter2", "Server=db;Timeout=10"),
            (DataClass::Passport, "C01X00T47", "2020-01-02"),
            (DataClass::Age, "42", "4200"),
        ] {
            assert!(fits(class, yes), "{class} {yes}");
            assert!(!fits(class, no), "{class} {no}");
        }
    }
}
