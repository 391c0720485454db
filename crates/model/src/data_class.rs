//! Data classes: what a value is to the person or the company that it belongs to.
//!
//! Names are for ever: configuration, records and other programs use them. Numbers are not kept anywhere.

use std::fmt;
use std::str::FromStr;

macro_rules! classes {
    ($($group:ident { $($class:ident = $name:literal, $sensitivity:ident, $says:literal;)* })*) => {
        /// What a value is. One class says one thing; where several could be meant, the narrowest is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum DataClass { $($(#[doc = $says] $class,)*)* }

        impl DataClass {
            /// All, group by group.
            pub const ALL: &'static [Self] = &[$($(Self::$class,)*)*];

            /// Stable name.
            pub const fn name(self) -> &'static str {
                match self { $($(Self::$class => $name,)*)* }
            }

            /// What it is, for people.
            pub const fn says(self) -> &'static str {
                match self { $($(Self::$class => $says,)*)* }
            }

            /// What it belongs to.
            pub const fn group(self) -> DataGroup {
                match self { $($(Self::$class => DataGroup::$group,)*)* }
            }

            /// What harm its loss does.
            pub const fn sensitivity(self) -> Sensitivity {
                match self { $($(Self::$class => Sensitivity::$sensitivity,)*)* }
            }
        }
    };
}

classes! {
    Person {
        FullName = "full_name", Personal, "The name of a person.";
        FirstName = "first_name", Personal, "A given name.";
        LastName = "last_name", Personal, "A family name.";
        Username = "username", Personal, "The name under which somebody logs in or is shown.";
        BirthDate = "birth_date", Confidential, "A day of birth.";
        BirthPlace = "birth_place", Confidential, "A place of birth.";
        Age = "age", Personal, "The age of a person, in years.";
        Gender = "gender", Personal, "A gender or sex.";
        Nationality = "nationality", Confidential, "A nationality or citizenship.";
        MaritalStatus = "marital_status", Confidential, "Whether somebody is married.";
        Ethnicity = "ethnicity", Special, "An ethnic origin.";
        Religion = "religion", Special, "A religion or belief.";
        JobTitle = "job_title", Personal, "The occupation of a person.";
        Salary = "salary", Confidential, "What somebody earns.";
        FreeTextPersonal = "free_text_personal", Confidential, "A text that holds an address, a number or a secret of a person.";
    }
    Contact {
        Email = "email", Personal, "An e-mail address.";
        Phone = "phone", Personal, "A telephone number.";
        PostalAddress = "postal_address", Personal, "A whole postal address.";
        Street = "street", Personal, "A street with a number.";
        City = "city", Personal, "A town.";
        PostalCode = "postal_code", Personal, "A postal code.";
    }
    IdentityDocument {
        UsSsn = "us_ssn", Confidential, "United States: Social Security number.";
        UsItin = "us_itin", Confidential, "United States: Individual Taxpayer Identification Number.";
        UsEin = "us_ein", Personal, "United States: Employer Identification Number.";
        UkNino = "uk_nino", Confidential, "United Kingdom: National Insurance number.";
        IePps = "ie_pps", Confidential, "Ireland: Personal Public Service number.";
        DeTaxId = "de_tax_id", Confidential, "Germany: tax identification number.";
        DeIdCard = "de_id_card", Confidential, "Germany: serial number of an identity card or passport.";
        FrNir = "fr_nir", Confidential, "France: social security number (NIR).";
        EsDni = "es_dni", Confidential, "Spain: DNI or NIE.";
        ItCodiceFiscale = "it_codice_fiscale", Confidential, "Italy: codice fiscale.";
        PtNif = "pt_nif", Confidential, "Portugal: tax number (NIF).";
        NlBsn = "nl_bsn", Confidential, "Netherlands: citizen service number (BSN).";
        BeNationalNumber = "be_national_number", Confidential, "Belgium: national register number.";
        ChAhv = "ch_ahv", Confidential, "Switzerland: AHV number.";
        AtSvnr = "at_svnr", Confidential, "Austria: social insurance number.";
        PlPesel = "pl_pesel", Confidential, "Poland: PESEL.";
        CzRodneCislo = "cz_rodne_cislo", Confidential, "Czechia and Slovakia: birth number.";
        RoCnp = "ro_cnp", Confidential, "Romania: personal numeric code.";
        BgEgn = "bg_egn", Confidential, "Bulgaria: uniform civil number.";
        HrOib = "hr_oib", Confidential, "Croatia: personal identification number (OIB).";
        EeIsikukood = "ee_isikukood", Confidential, "Estonia and Lithuania: personal code.";
        GrAmka = "gr_amka", Confidential, "Greece: social security number (AMKA).";
        SePersonnummer = "se_personnummer", Confidential, "Sweden: personal identity number.";
        NoFodselsnummer = "no_fodselsnummer", Confidential, "Norway: national identity number.";
        DkCpr = "dk_cpr", Confidential, "Denmark: CPR number.";
        FiHetu = "fi_hetu", Confidential, "Finland: personal identity code.";
        TrTckn = "tr_tckn", Confidential, "Turkey: identity number.";
        IlId = "il_id", Confidential, "Israel: identity number.";
        ZaId = "za_id", Confidential, "South Africa: identity number.";
        BrCpf = "br_cpf", Confidential, "Brazil: CPF.";
        BrCnpj = "br_cnpj", Personal, "Brazil: number of a company (CNPJ).";
        ClRut = "cl_rut", Confidential, "Chile: RUT.";
        ArCuil = "ar_cuil", Confidential, "Argentina: CUIL or CUIT.";
        MxCurp = "mx_curp", Confidential, "Mexico: CURP.";
        CaSin = "ca_sin", Confidential, "Canada: Social Insurance Number.";
        AuTfn = "au_tfn", Confidential, "Australia: tax file number.";
        InAadhaar = "in_aadhaar", Confidential, "India: Aadhaar.";
        InPan = "in_pan", Confidential, "India: permanent account number.";
        CnResidentId = "cn_resident_id", Confidential, "China: resident identity number.";
        JpMyNumber = "jp_my_number", Confidential, "Japan: My Number.";
        KrRrn = "kr_rrn", Confidential, "South Korea: resident registration number.";
        SgNric = "sg_nric", Confidential, "Singapore: NRIC or FIN.";
        TwId = "tw_id", Confidential, "Taiwan: identity number.";
        HkId = "hk_id", Confidential, "Hong Kong: identity card number.";
        ThId = "th_id", Confidential, "Thailand: identity number.";
        Passport = "passport", Confidential, "The number of a passport.";
        PassportMrz = "passport_mrz", Confidential, "The machine-readable lines of a passport or identity card.";
        DriverLicence = "driver_licence", Confidential, "The number of a driving licence.";
        LicencePlate = "licence_plate", Personal, "The number of a vehicle's plate.";
        VehicleVin = "vehicle_vin", Personal, "A vehicle identification number.";
    }
    Payment {
        PaymentCard = "payment_card", Confidential, "The number of a payment card.";
        CardSecurityCode = "card_security_code", Secret, "The security code of a payment card.";
        CardExpiry = "card_expiry", Personal, "The month until which a payment card is valid.";
        Iban = "iban", Confidential, "An international bank account number.";
        BankAccount = "bank_account", Confidential, "A national bank account number.";
        BankRouting = "bank_routing", Personal, "A bank's national number: US routing number, UK sort code.";
        Bic = "bic", Personal, "A bank's international code (BIC).";
        EuVat = "eu_vat", Personal, "A VAT identification number of the European Union.";
        CryptoAddress = "crypto_address", Personal, "An address of Bitcoin or Ethereum.";
    }
    Health {
        UkNhs = "uk_nhs", Special, "United Kingdom: NHS number.";
        UsMbi = "us_mbi", Special, "United States: Medicare Beneficiary Identifier.";
        UsNpi = "us_npi", Personal, "United States: National Provider Identifier.";
        UsDea = "us_dea", Personal, "United States: DEA registration number of a prescriber.";
        DeKvnr = "de_kvnr", Special, "Germany: health insurance number.";
        AuMedicare = "au_medicare", Special, "Australia: Medicare number.";
        MedicalRecord = "medical_record", Special, "The number of a patient or of a patient's record.";
        Diagnosis = "diagnosis", Special, "A diagnosis, in words or as an ICD-10 code.";
        BloodType = "blood_type", Special, "A blood group.";
    }
    Location {
        GeoCoordinate = "geo_coordinate", Confidential, "A latitude or a longitude.";
        GeoPoint = "geo_point", Confidential, "A whole position: a pair of coordinates, a geo: address, a point.";
    }
    Device {
        IpAddress = "ip_address", Personal, "An IPv4 or IPv6 address.";
        MacAddress = "mac_address", Personal, "The hardware address of a network interface.";
        Imei = "imei", Personal, "The number of a mobile device (IMEI).";
        Imsi = "imsi", Personal, "The number of a mobile subscriber (IMSI).";
        Iccid = "iccid", Personal, "The number of a SIM card (ICCID).";
        AdvertisingId = "advertising_id", Personal, "An identifier for advertising (IDFA, GAID).";
        DeviceId = "device_id", Personal, "Any other identifier of a device.";
        UserAgent = "user_agent", Low, "The name of a browser or another client.";
    }
    Credential {
        Password = "password", Secret, "A password.";
        PasswordHash = "password_hash", Secret, "A hashed password.";
        OneTimeCode = "one_time_code", Secret, "A PIN or a code that is used once.";
        ApiKey = "api_key", Secret, "A key of an API, of a known vendor or by its name.";
        AccessToken = "access_token", Secret, "A token that gives access.";
        Jwt = "jwt", Secret, "A JSON Web Token.";
        PrivateKey = "private_key", Secret, "A private key.";
        SessionId = "session_id", Secret, "The identifier of a login session.";
        SharedSecret = "shared_secret", Secret, "Any other secret, by its name.";
        ConnectionString = "connection_string", Secret, "An address that holds a user's name and password.";
    }
    Technical {
        SignedUrl = "signed_url", Confidential, "An address whose signature gives access to what it names.";
    }
}

/// What a class belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DataGroup {
    /// Who somebody is.
    Person,
    /// How somebody is reached.
    Contact,
    /// What identifies somebody to a state.
    IdentityDocument,
    /// What moves money.
    Payment,
    /// What concerns somebody's health.
    Health,
    /// Where somebody is.
    Location,
    /// What somebody carries.
    Device,
    /// What gives access.
    Credential,
    /// What belongs to machines.
    Technical,
}

impl DataGroup {
    /// All.
    pub const ALL: &'static [Self] = &[
        Self::Person,
        Self::Contact,
        Self::IdentityDocument,
        Self::Payment,
        Self::Health,
        Self::Location,
        Self::Device,
        Self::Credential,
        Self::Technical,
    ];

    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Contact => "contact",
            Self::IdentityDocument => "identity_document",
            Self::Payment => "payment",
            Self::Health => "health",
            Self::Location => "location",
            Self::Device => "device",
            Self::Credential => "credential",
            Self::Technical => "technical",
        }
    }
}

/// What harm the loss of a value does, in rising order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sensitivity {
    /// Little on its own.
    Low,
    /// It is about a person.
    Personal,
    /// It can be abused against a person, or must be kept by contract or law.
    Confidential,
    /// A special category of personal data (GDPR, article 9).
    Special,
    /// Whoever has it can act as somebody else.
    Secret,
}

impl Sensitivity {
    /// All, in rising order.
    pub const ALL: &'static [Self] =
        &[Self::Low, Self::Personal, Self::Confidential, Self::Special, Self::Secret];

    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Personal => "personal",
            Self::Confidential => "confidential",
            Self::Special => "special",
            Self::Secret => "secret",
        }
    }
}

impl fmt::Display for DataClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for DataClass {
    type Err = UnknownDataClass;

    fn from_str(name: &str) -> Result<Self, UnknownDataClass> {
        Self::ALL.iter().copied().find(|it| it.name() == name).ok_or(UnknownDataClass)
    }
}

/// No class has this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownDataClass;

impl fmt::Display for UnknownDataClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no data class has this name")
    }
}

impl std::error::Error for UnknownDataClass {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_class_has_a_name_of_its_own_and_is_found_by_it() {
        let names: BTreeSet<_> = DataClass::ALL.iter().map(|it| it.name()).collect();
        assert_eq!(names.len(), DataClass::ALL.len());
        for class in DataClass::ALL {
            assert_eq!(class.name().parse(), Ok(*class));
            let is_plain = |it: u8| it.is_ascii_lowercase() || it == b'_';
            assert!(class.name().bytes().all(is_plain) && class.says().ends_with('.'));
        }
        assert_eq!("nothing".parse::<DataClass>(), Err(UnknownDataClass));
    }

    #[test]
    fn there_are_enough_classes_and_no_empty_group() {
        assert!(DataClass::ALL.len() >= 45);
        for group in DataGroup::ALL {
            assert!(DataClass::ALL.iter().any(|it| it.group() == *group), "{}", group.name());
        }
    }

    #[test]
    fn whatever_gives_access_is_most_sensitive() {
        for class in DataClass::ALL.iter().filter(|it| it.group() == DataGroup::Credential) {
            assert_eq!(class.sensitivity(), Sensitivity::Secret, "{class}");
        }
        assert!(Sensitivity::Special > Sensitivity::Confidential);
    }
}
