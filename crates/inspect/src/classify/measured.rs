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
    (DataClass::FullName, 995, 1000, 150),
    (DataClass::FirstName, 994, 1000, 150),
    (DataClass::LastName, 1000, 1000, 150),
    (DataClass::Username, 996, 1000, 150),
    (DataClass::BirthDate, 1000, 1000, 150),
    (DataClass::BirthPlace, 993, 1000, 150),
    (DataClass::Age, 1000, 1000, 150),
    (DataClass::Gender, 1000, 1000, 150),
    (DataClass::Nationality, 1000, 1000, 150),
    (DataClass::MaritalStatus, 1000, 1000, 150),
    (DataClass::Ethnicity, 1000, 1000, 150),
    (DataClass::Religion, 1000, 1000, 150),
    (DataClass::JobTitle, 1000, 980, 150),
    (DataClass::Salary, 1000, 1000, 150),
    (DataClass::FreeTextPersonal, 1000, 1000, 150),
    (DataClass::Email, 1000, 1000, 150),
    (DataClass::Phone, 1000, 1000, 150),
    (DataClass::PostalAddress, 1000, 1000, 150),
    (DataClass::Street, 993, 1000, 150),
    (DataClass::City, 994, 1000, 150),
    (DataClass::PostalCode, 1000, 973, 150),
    (DataClass::UsSsn, 1000, 1000, 150),
    (DataClass::UsItin, 1000, 1000, 150),
    (DataClass::UsEin, 1000, 1000, 150),
    (DataClass::UkNino, 1000, 1000, 150),
    (DataClass::IePps, 1000, 1000, 150),
    (DataClass::DeTaxId, 1000, 1000, 150),
    (DataClass::DeIdCard, 1000, 1000, 150),
    (DataClass::FrNir, 1000, 1000, 150),
    (DataClass::EsDni, 1000, 1000, 150),
    (DataClass::ItCodiceFiscale, 1000, 1000, 150),
    (DataClass::PtNif, 1000, 1000, 150),
    (DataClass::NlBsn, 1000, 993, 150),
    (DataClass::BeNationalNumber, 1000, 1000, 150),
    (DataClass::ChAhv, 1000, 1000, 150),
    (DataClass::AtSvnr, 1000, 1000, 150),
    (DataClass::PlPesel, 1000, 1000, 150),
    (DataClass::CzRodneCislo, 1000, 1000, 150),
    (DataClass::RoCnp, 1000, 1000, 150),
    (DataClass::BgEgn, 1000, 1000, 150),
    (DataClass::HrOib, 1000, 1000, 150),
    (DataClass::EeIsikukood, 1000, 1000, 150),
    (DataClass::GrAmka, 1000, 1000, 150),
    (DataClass::SePersonnummer, 1000, 1000, 150),
    (DataClass::NoFodselsnummer, 1000, 1000, 150),
    (DataClass::DkCpr, 1000, 1000, 150),
    (DataClass::FiHetu, 1000, 1000, 150),
    (DataClass::TrTckn, 1000, 1000, 150),
    (DataClass::IlId, 1000, 1000, 150),
    (DataClass::ZaId, 1000, 1000, 150),
    (DataClass::BrCpf, 1000, 1000, 150),
    (DataClass::BrCnpj, 1000, 1000, 150),
    (DataClass::ClRut, 1000, 986, 150),
    (DataClass::ArCuil, 1000, 1000, 150),
    (DataClass::MxCurp, 1000, 1000, 150),
    (DataClass::CaSin, 1000, 1000, 150),
    (DataClass::AuTfn, 1000, 1000, 150),
    (DataClass::InAadhaar, 1000, 1000, 150),
    (DataClass::InPan, 1000, 1000, 150),
    (DataClass::CnResidentId, 1000, 1000, 150),
    (DataClass::JpMyNumber, 1000, 1000, 150),
    (DataClass::KrRrn, 1000, 1000, 150),
    (DataClass::SgNric, 1000, 1000, 150),
    (DataClass::TwId, 1000, 1000, 150),
    (DataClass::HkId, 1000, 1000, 150),
    (DataClass::ThId, 1000, 1000, 150),
    (DataClass::Passport, 1000, 1000, 150),
    (DataClass::PassportMrz, 1000, 1000, 150),
    (DataClass::DriverLicence, 1000, 1000, 150),
    (DataClass::LicencePlate, 1000, 1000, 150),
    (DataClass::VehicleVin, 1000, 1000, 150),
    (DataClass::PaymentCard, 1000, 993, 150),
    (DataClass::CardSecurityCode, 1000, 1000, 150),
    (DataClass::CardExpiry, 1000, 1000, 150),
    (DataClass::Iban, 1000, 1000, 150),
    (DataClass::BankAccount, 993, 1000, 150),
    (DataClass::BankRouting, 1000, 1000, 150),
    (DataClass::Bic, 1000, 1000, 150),
    (DataClass::EuVat, 1000, 1000, 150),
    (DataClass::CryptoAddress, 1000, 1000, 150),
    (DataClass::UkNhs, 1000, 1000, 150),
    (DataClass::UsMbi, 1000, 1000, 150),
    (DataClass::UsNpi, 1000, 1000, 150),
    (DataClass::UsDea, 1000, 1000, 150),
    (DataClass::DeKvnr, 1000, 1000, 150),
    (DataClass::AuMedicare, 1000, 1000, 150),
    (DataClass::MedicalRecord, 1000, 1000, 150),
    (DataClass::Diagnosis, 1000, 1000, 150),
    (DataClass::BloodType, 1000, 1000, 150),
    (DataClass::GeoCoordinate, 1000, 1000, 150),
    (DataClass::GeoPoint, 1000, 1000, 150),
    (DataClass::IpAddress, 1000, 1000, 150),
    (DataClass::MacAddress, 1000, 1000, 150),
    (DataClass::Imei, 1000, 1000, 150),
    (DataClass::Imsi, 1000, 1000, 150),
    (DataClass::Iccid, 1000, 1000, 150),
    (DataClass::AdvertisingId, 1000, 1000, 150),
    (DataClass::DeviceId, 1000, 1000, 150),
    (DataClass::UserAgent, 1000, 1000, 150),
    (DataClass::Password, 1000, 1000, 150),
    (DataClass::PasswordHash, 1000, 1000, 150),
    (DataClass::OneTimeCode, 1000, 1000, 150),
    (DataClass::ApiKey, 1000, 1000, 150),
    (DataClass::AccessToken, 996, 1000, 150),
    (DataClass::Jwt, 1000, 1000, 150),
    (DataClass::PrivateKey, 1000, 1000, 150),
    (DataClass::SessionId, 995, 1000, 150),
    (DataClass::SharedSecret, 1000, 1000, 150),
    (DataClass::ConnectionString, 1000, 1000, 150),
    (DataClass::SignedUrl, 1000, 1000, 150),
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
