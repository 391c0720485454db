//! Keys and tokens of vendors: what each looks like, as far as the vendor says or its tools check.
//!
//! Reads    whole values.
//! Misses   keys without a beginning of their own, unless the field's name has the vendor's name.
//! Source   the vendors' documentation of token formats and of secret scanning; GitHub and npm: CRC-32 in base 62
//!          in the last six characters ("Behind GitHub's new authentication token formats", 2021).

use super::shape::{Shape, has};
use Chars::{Alphanumeric, Base64, Capitals, Dotted, Graphic, Hex, Url};

/// The vendor of a key, if its form tells.
pub(super) fn vendor(shape: &Shape<'_>) -> Option<&'static Vendor> {
    if !(LENGTH_MIN..=LENGTH_MAX).contains(&shape.len()) || shape.any(has::SPACE | has::HIGH) {
        return None;
    }
    let first = shape.first();
    let from = STARTS.get(usize::from(first)).copied()?;
    let rows = VENDORS.get(usize::from(from)..)?;
    rows.iter().take_while(|it| it.first() == first).find(|it| it.is(shape.bytes))
}

/// The vendor that a field's name speaks of, if the value has the form of its keys.
pub(super) fn named_vendor(words: &[u8], shape: &Shape<'_>) -> Option<&'static str> {
    let fits = |it: &&NamedVendor| {
        memchr::memmem::find(words, it.word).is_some()
            && it.lengths.contains(&shape.len())
            && shape.bytes.iter().all(|byte| it.chars.has(*byte))
    };
    NAMED.iter().find(fits).map(|it| it.vendor)
}

/// Bytes of the shortest and of the longest key.
const LENGTH_MIN: usize = 16;
const LENGTH_MAX: usize = 1024;

/// A form of keys.
#[derive(Debug)]
pub(super) struct Vendor {
    /// Whose keys they are.
    pub(super) vendor: &'static str,
    prefix: &'static [u8],
    /// Characters behind the prefix, at least and at most.
    rest: (usize, usize),
    chars: Chars,
    check: Check,
}

/// Characters of a key.
#[derive(Clone, Copy, Debug)]
enum Chars {
    /// Hexadecimal digits.
    Hex,
    /// Letters and digits.
    Alphanumeric,
    /// Capital letters and digits.
    Capitals,
    /// Letters, digits, `-` and `_`.
    Url,
    /// The same with `.`.
    Dotted,
    /// Letters, digits, `+`, `/` and `=`.
    Base64,
    /// Anything that can be seen.
    Graphic,
}

impl Chars {
    fn has(self, byte: u8) -> bool {
        match self {
            Self::Hex => byte.is_ascii_hexdigit(),
            Self::Alphanumeric => byte.is_ascii_alphanumeric(),
            Self::Capitals => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::Url => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'),
            Self::Dotted => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'),
            Self::Base64 => {
                byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
            }
            Self::Graphic => byte.is_ascii_graphic(),
        }
    }
}

/// What else holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Check {
    None,
    /// The last six characters are the CRC-32 of those between them and the prefix, in base 62.
    Crc32,
    /// There is this text within.
    Holds(&'static [u8]),
}

impl Vendor {
    fn first(&self) -> u8 {
        self.prefix.first().copied().unwrap_or(0)
    }

    fn is(&self, text: &[u8]) -> bool {
        text.strip_prefix(self.prefix).is_some_and(|rest| {
            (self.rest.0..=self.rest.1).contains(&rest.len())
                && rest.iter().all(|it| self.chars.has(*it))
                && match self.check {
                    Check::None => true,
                    Check::Crc32 => is_crc32(rest),
                    Check::Holds(part) => memchr::memmem::find(rest, part).is_some(),
                }
        })
    }

    /// What it weighs that a value begins like this, has the length and the characters, and the checksum.
    pub(super) fn bits(&self) -> u8 {
        let prefix = u8::try_from(self.prefix.len() * 4).unwrap_or(u8::MAX).min(24);
        let length = if self.rest.0 == self.rest.1 { 5 } else { 2 };
        let check = if self.check == Check::None { 0 } else { 12 };
        prefix + length + check
    }
}

/// The digits of base 62 in the order that GitHub uses.
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

fn is_crc32(text: &[u8]) -> bool {
    let Some((body, sum)) = text.split_last_chunk::<6>() else { return false };
    let mut rest = crc32(body);
    sum.iter().rev().all(|byte| {
        let digit = usize::try_from(rest % 62).ok().and_then(|it| BASE62.get(it));
        rest /= 62;
        digit == Some(byte)
    })
}

/// The checksum of ISO 3309, bit by bit: texts here have thirty bytes.
fn crc32(text: &[u8]) -> u32 {
    !text.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 }
        })
    })
}

const fn row(
    vendor: &'static str,
    prefix: &'static [u8],
    least: usize,
    most: usize,
    chars: Chars,
) -> Vendor {
    Vendor { vendor, prefix, rest: (least, most), chars, check: Check::None }
}

const fn checked(
    vendor: &'static str,
    prefix: &'static [u8],
    length: usize,
    chars: Chars,
    check: Check,
) -> Vendor {
    Vendor { vendor, prefix, rest: (length, length), chars, check }
}

/// By first byte.
const VENDORS: &[Vendor] = &[
    row("Google", b"1//0", 30, 120, Url),
    row("age", b"AGE-SECRET-KEY-1", 58, 58, Capitals),
    row("Atlassian", b"ATATT3", 180, 220, Base64),
    row("Atlassian", b"ATCTT3", 180, 220, Base64),
    row("AWS Bedrock", b"ABSK", 80, 300, Base64),
    row("Google", b"AIza", 35, 35, Url),
    row("JFrog", b"AKC", 60, 80, Alphanumeric),
    row("AWS", b"AKIA", 16, 16, Capitals),
    row("Tencent Cloud", b"AKID", 32, 32, Alphanumeric),
    row("Octopus Deploy", b"API-", 26, 26, Capitals),
    row("Yandex Cloud", b"AQVN", 35, 38, Url),
    row("AWS", b"ASIA", 16, 16, Capitals),
    row("Bitbucket", b"ATBB", 32, 32, Alphanumeric),
    row("Adyen", b"AQE", 60, 200, Graphic),
    row("Clojars", b"CLOJARS_", 60, 60, Alphanumeric),
    row("CircleCI", b"CCIPAT_", 40, 90, Url),
    row("Contentful", b"CFPAT-", 43, 43, Url),
    row("Square", b"EAAA", 60, 60, Url),
    row("EasyPost", b"EZAK", 54, 54, Alphanumeric),
    row("EasyPost", b"EZTK", 54, 54, Alphanumeric),
    row("Facebook", b"EAA", 80, 300, Alphanumeric),
    row("Flutterwave", b"FLWSECK_TEST-", 32, 34, Url),
    row("Flutterwave", b"FLWSECK-", 32, 40, Url),
    row("GitLab", b"GR1348941", 20, 20, Url),
    row("Google", b"GOCSPX-", 28, 28, Url),
    row("Heroku", b"HRKU-", 36, 60, Url),
    row("Alibaba Cloud", b"LTAI", 12, 26, Alphanumeric),
    row("New Relic", b"NRAK-", 27, 27, Capitals),
    row("New Relic", b"NRII-", 32, 32, Url),
    row("New Relic", b"NRIQ-", 32, 32, Alphanumeric),
    row("New Relic", b"NRJS-", 19, 19, Hex),
    row("Postman", b"PMAK-", 59, 59, Url),
    row("Postman", b"PMAT-", 26, 26, Alphanumeric),
    row("Scaleway", b"SCW", 17, 17, Capitals),
    row("SendGrid", b"SG.", 66, 66, Dotted),
    row("Twilio", b"SK", 32, 32, Hex),
    row("PayPal Braintree", b"access_token$production$", 49, 49, Graphic),
    row("PayPal Braintree", b"access_token$sandbox$", 49, 49, Graphic),
    row("Plaid", b"access-development-", 36, 36, Url),
    row("Plaid", b"access-production-", 36, 36, Url),
    row("Plaid", b"access-sandbox-", 36, 36, Url),
    row("Hugging Face", b"api_org_", 34, 34, Alphanumeric),
    row("Buildkite", b"bkua_", 40, 40, Hex),
    row("JFrog", b"cmVmdGtu", 56, 56, Alphanumeric),
    row("Codacy", b"codacy_", 20, 64, Alphanumeric),
    row("Cloudflare", b"cfut_", 48, 48, Alphanumeric),
    row("crates.io", b"cio", 32, 32, Alphanumeric),
    row("Duffel", b"duffel_live_", 43, 43, Url),
    row("Duffel", b"duffel_test_", 43, 43, Url),
    row("Docker Hub", b"dckr_oat_", 32, 32, Url),
    row("Docker Hub", b"dckr_pat_", 27, 27, Url),
    row("DigitalOcean", b"doo_v1_", 64, 64, Hex),
    row("DigitalOcean", b"dop_v1_", 64, 64, Hex),
    row("DigitalOcean", b"dor_v1_", 64, 64, Hex),
    row("Dynatrace", b"dt0c01.", 89, 89, Dotted),
    row("Dynatrace", b"dt0s01.", 73, 89, Dotted),
    row("Defined Networking", b"dnkey-", 53, 53, Url),
    row("Doppler", b"dp.ct.", 40, 44, Alphanumeric),
    row("Doppler", b"dp.pt.", 40, 44, Alphanumeric),
    row("Doppler", b"dp.sa.", 40, 44, Alphanumeric),
    row("Doppler", b"dp.st.", 40, 60, Dotted),
    row("Databricks", b"dapi", 32, 34, Url),
    row("Grafana", b"eyJrIjoi", 70, 400, Base64),
    row("Frame.io", b"fio-u-", 64, 64, Url),
    row("Figma", b"figd_", 40, 45, Url),
    row("Figma", b"figu_", 40, 45, Url),
    row("Fly.io", b"fm2_", 80, 1000, Base64),
    row("Fly.io", b"fo1_", 43, 43, Url),
    row("Fireworks AI", b"fw_", 22, 24, Alphanumeric),
    row("GitHub", b"github_pat_", 82, 82, Url),
    row("GitLab", b"glagent-", 50, 50, Url),
    row("GitLab", b"glsoat-", 20, 40, Url),
    row("GitLab", b"glcbt-", 20, 40, Url),
    row("GitLab", b"glimt-", 25, 25, Url),
    row("GitLab", b"gloas-", 64, 64, Url),
    row("GitLab", b"glpat-", 20, 60, Dotted),
    row("GitLab", b"glft-", 20, 60, Url),
    row("GitLab", b"glwt-", 20, 60, Url),
    row("GitLab", b"glffct-", 20, 60, Url),
    row("GitLab", b"glptt-", 40, 40, Hex),
    row("GitLab", b"gldt-", 20, 60, Dotted),
    row("GitLab", b"glrt-", 20, 60, Dotted),
    row("Grafana", b"glsa_", 41, 41, Url),
    checked("GitHub", b"gho_", 36, Alphanumeric, Check::Crc32),
    checked("GitHub", b"ghp_", 36, Alphanumeric, Check::Crc32),
    checked("GitHub", b"ghr_", 36, Alphanumeric, Check::Crc32),
    checked("GitHub", b"ghs_", 36, Alphanumeric, Check::Crc32),
    checked("GitHub", b"ghu_", 36, Alphanumeric, Check::Crc32),
    row("Grafana", b"glc_", 32, 400, Base64),
    row("Groq", b"gsk_", 52, 52, Alphanumeric),
    row("HashiCorp Vault", b"hvb.", 100, 250, Url),
    row("HashiCorp Vault", b"hvr.", 24, 200, Url),
    row("HashiCorp Vault", b"hvs.", 24, 200, Url),
    row("Hugging Face", b"hf_", 34, 34, Alphanumeric),
    row("Infracost", b"ico-", 32, 32, Alphanumeric),
    row("Mailgun", b"key-", 32, 32, Hex),
    row("Linear", b"lin_oauth_", 40, 64, Alphanumeric),
    row("Linear", b"lin_api_", 40, 40, Alphanumeric),
    row("LangChain", b"lsv2_pt_", 43, 43, Url),
    row("LangChain", b"lsv2_sk_", 43, 43, Url),
    row("Mollie", b"live_", 30, 30, Alphanumeric),
    row("Lob", b"live_", 35, 35, Hex),
    row("MongoDB Atlas", b"mdb_sa_sk_", 40, 40, Url),
    row("Discord", b"mfa.", 84, 84, Url),
    row("Neon", b"napi_", 64, 64, Alphanumeric),
    row("Netlify", b"nfp_", 36, 36, Alphanumeric),
    checked("npm", b"npm_", 36, Alphanumeric, Check::Crc32),
    row("Notion", b"ntn_", 46, 46, Alphanumeric),
    row("1Password", b"ops_eyJ", 200, 1000, Base64),
    row("NuGet", b"oy2", 43, 43, Alphanumeric),
    row("PlanetScale", b"pscale_oauth_", 32, 64, Dotted),
    row("PlanetScale", b"pscale_tkn_", 32, 64, Dotted),
    row("PlanetScale", b"pscale_pw_", 32, 64, Dotted),
    row("HubSpot", b"pat-eu1-", 36, 36, Url),
    row("HubSpot", b"pat-na1-", 36, 36, Url),
    row("PyPI", b"pypi-AgE", 50, 1000, Url),
    row("Mailgun", b"pubkey-", 32, 32, Hex),
    row("Pinecone", b"pcsk_", 60, 80, Url),
    row("Perplexity", b"pplx-", 48, 48, Alphanumeric),
    row("Harness", b"pat.", 60, 80, Dotted),
    row("PostHog", b"phc_", 43, 43, Url),
    row("PostHog", b"phx_", 43, 43, Url),
    row("Prefect", b"pnu_", 36, 36, Alphanumeric),
    row("Pulumi", b"pul-", 40, 40, Hex),
    row("Airtable", b"pat", 79, 79, Dotted),
    row("Klaviyo", b"pk_", 34, 34, Hex),
    row("RubyGems", b"rubygems_", 48, 48, Hex),
    row("Razorpay", b"rzp_live_", 14, 14, Alphanumeric),
    row("Razorpay", b"rzp_test_", 14, 14, Alphanumeric),
    row("Stripe", b"rk_live_", 16, 250, Alphanumeric),
    row("Stripe", b"rk_test_", 16, 250, Alphanumeric),
    row("ReadMe", b"rdme_", 70, 70, Alphanumeric),
    row("Render", b"rnd_", 28, 36, Alphanumeric),
    row("Replicate", b"r8_", 37, 37, Alphanumeric),
    row("Resend", b"re_", 24, 40, Url),
    row("Shippo", b"shippo_live_", 40, 40, Hex),
    row("Shippo", b"shippo_test_", 40, 40, Hex),
    row("OpenAI", b"sk-svcacct-", 40, 200, Url),
    row("Supabase", b"sb_secret_", 31, 41, Url),
    row("OpenAI", b"sk-admin-", 40, 200, Url),
    row("OpenRouter", b"sk-or-v1-", 64, 64, Hex),
    row("Snyk", b"snyk_uat.", 20, 120, Dotted),
    row("Customer.io", b"sa_live_", 40, 64, Alphanumeric),
    row("OpenAI", b"sk-proj-", 40, 200, Url),
    row("Stripe", b"sk_live_", 16, 250, Alphanumeric),
    row("Stripe", b"sk_test_", 16, 250, Alphanumeric),
    row("Notion", b"secret_", 43, 43, Alphanumeric),
    row("Anthropic", b"sk-ant-", 80, 120, Url),
    row("Sentry", b"sntrys_", 80, 200, Base64),
    row("Sentry", b"sntryu_", 64, 64, Hex),
    row("Square", b"sq0atp-", 22, 22, Url),
    row("Square", b"sq0csp-", 43, 43, Url),
    row("Square", b"sq0idp-", 22, 22, Url),
    row("Shopify", b"shpat_", 32, 32, Hex),
    row("Shopify", b"shpca_", 32, 32, Hex),
    row("Shopify", b"shppa_", 32, 32, Hex),
    row("Shopify", b"shpss_", 32, 32, Hex),
    row("Supabase", b"sbp_", 40, 40, Hex),
    row("Sourcegraph", b"sgp_", 40, 80, Url),
    row("SonarQube", b"sqa_", 40, 40, Hex),
    row("SonarQube", b"sqp_", 40, 40, Hex),
    row("SonarQube", b"squ_", 40, 40, Hex),
    Vendor {
        vendor: "OpenAI",
        prefix: b"sk-",
        rest: (40, 200),
        chars: Url,
        check: Check::Holds(b"T3BlbkFJ"),
    },
    row("Dropbox", b"sl.", 130, 200, Url),
    row("Scalingo", b"tk-us-", 48, 48, Url),
    row("Tailscale", b"tskey-", 20, 80, Url),
    row("Lob", b"test_", 35, 35, Hex),
    row("Typeform", b"tfp_", 40, 60, Dotted),
    row("Yandex Cloud", b"t1.", 86, 220, Dotted),
    row("Vercel", b"vercel_blob_rw_", 40, 60, Url),
    row("Cloudflare", b"v1.0-", 171, 171, Url),
    row("Vercel", b"vcp_", 24, 60, Alphanumeric),
    row("Stripe", b"whsec_", 32, 64, Base64),
    row("WakaTime", b"waka_", 36, 36, Url),
    row("Brevo", b"xsmtpsib-", 81, 81, Url),
    row("Brevo", b"xkeysib-", 81, 81, Url),
    row("Slack", b"xoxe.xox", 20, 250, Dotted),
    row("Slack", b"xapp-", 20, 120, Url),
    row("Slack", b"xoxa-", 20, 100, Url),
    row("Slack", b"xoxb-", 20, 100, Url),
    row("Slack", b"xoxe-", 20, 250, Url),
    row("Slack", b"xoxp-", 20, 100, Url),
    row("Slack", b"xoxr-", 20, 200, Url),
    row("Slack", b"xoxs-", 20, 100, Url),
    row("xAI", b"xai-", 80, 80, Alphanumeric),
    row("Google", b"ya29.", 20, 1000, Dotted),
    row("Zapier", b"zap_", 32, 64, Url),
];

/// Where the rows of each first byte begin.
const STARTS: [u8; 128] = {
    assert!(VENDORS.len() < 256);
    let mut starts = [0; 128];
    let mut at = VENDORS.len();
    while at > 0 {
        at -= 1;
        #[expect(clippy::indexing_slicing, reason = "evaluated when compiled")]
        #[expect(clippy::cast_possible_truncation, reason = "fewer than 256 rows")]
        {
            starts[VENDORS[at].prefix[0] as usize] = at as u8;
        }
    }
    starts
};

/// Keys that look like any other: the field's name must have `word` in it, written without separators.
#[derive(Debug)]
struct NamedVendor {
    vendor: &'static str,
    word: &'static [u8],
    lengths: std::ops::RangeInclusive<usize>,
    chars: Chars,
}

const fn named(
    vendor: &'static str,
    word: &'static [u8],
    least: usize,
    most: usize,
    chars: Chars,
) -> NamedVendor {
    NamedVendor { vendor, word, lengths: least..=most, chars }
}

const NAMED: &[NamedVendor] = &[
    named("Adafruit", b"adafruit", 32, 32, Url),
    named("Algolia", b"algolia", 32, 32, Hex),
    named("AWS", b"awssecret", 40, 40, Base64),
    named("AWS", b"secretaccesskey", 40, 40, Base64),
    named("Azure", b"azure", 32, 88, Base64),
    named("Bitbucket", b"bitbucket", 32, 64, Url),
    named("CircleCI", b"circle", 40, 40, Hex),
    named("Cloudflare", b"cloudflare", 37, 40, Url),
    named("Codecov", b"codecov", 32, 36, Url),
    named("Coinbase", b"coinbase", 64, 64, Url),
    named("Confluent", b"confluent", 16, 64, Base64),
    named("Datadog", b"datadog", 32, 40, Alphanumeric),
    named("Datadog", b"ddapikey", 32, 32, Hex),
    named("Discord", b"discord", 32, 32, Url),
    named("Dropbox", b"dropbox", 15, 15, Alphanumeric),
    named("Fastly", b"fastly", 32, 32, Url),
    named("Freshdesk", b"freshdesk", 20, 20, Alphanumeric),
    named("HubSpot", b"hubspot", 36, 36, Url),
    named("Heroku", b"heroku", 36, 36, Url),
    named("Infura", b"infura", 32, 32, Hex),
    named("Intercom", b"intercom", 60, 60, Base64),
    named("Jenkins", b"jenkins", 32, 34, Hex),
    named("Jira", b"jira", 24, 24, Alphanumeric),
    named("Kraken", b"kraken", 80, 90, Base64),
    named("Kucoin", b"kucoin", 24, 36, Url),
    named("LaunchDarkly", b"launchdarkly", 40, 40, Url),
    named("LinkedIn", b"linkedin", 14, 16, Alphanumeric),
    named("Looker", b"looker", 20, 24, Alphanumeric),
    named("MailerSend", b"mailersend", 64, 70, Dotted),
    named("MessageBird", b"messagebird", 25, 36, Url),
    named("Netlify", b"netlify", 40, 46, Url),
    named("Okta", b"okta", 42, 42, Url),
    named("PagerDuty", b"pagerduty", 20, 20, Url),
    named("Plaid", b"plaid", 24, 30, Alphanumeric),
    named("Rapid", b"rapidapi", 50, 50, Alphanumeric),
    named("Segment", b"segment", 32, 32, Alphanumeric),
    named("Snowflake", b"snowflake", 32, 512, Dotted),
    named("Splunk", b"splunk", 36, 36, Url),
    named("Supabase", b"supabase", 40, 512, Dotted),
    named("Travis CI", b"travis", 22, 22, Url),
    named("Trello", b"trello", 32, 64, Hex),
    named("Twilio", b"twilio", 32, 32, Hex),
    named("Twitter", b"twitter", 25, 120, Base64),
    named("Vercel", b"vercel", 24, 24, Alphanumeric),
    named("Yandex", b"yandex", 39, 84, Dotted),
    named("Zendesk", b"zendesk", 40, 40, Alphanumeric),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// A value of a row's form, which no vendor ever gave out.
    fn made(row: &Vendor) -> Vec<u8> {
        let fill = match row.chars {
            Hex => b'a',
            Capitals => b'Q',
            Alphanumeric | Url | Dotted | Base64 | Graphic => b'x',
        };
        let mut text = row.prefix.to_vec();
        let mut rest = vec![fill; row.rest.0];
        match row.check {
            Check::None => {}
            Check::Crc32 => {
                let body = rest.len() - 6;
                let mut sum = crc32(&rest[..body]);
                for slot in rest[body..].iter_mut().rev() {
                    *slot = BASE62[(sum % 62) as usize];
                    sum /= 62;
                }
            }
            Check::Holds(part) => rest[3..3 + part.len()].copy_from_slice(part),
        }
        text.extend(rest);
        text
    }

    #[test]
    fn every_row_knows_a_value_made_after_it() {
        for row in VENDORS {
            let text = made(row);
            let found = vendor(&Shape::of(&text)).map(|it| it.vendor);
            assert!(found.is_some_and(|it| it == row.vendor), "{} {found:?}", row.vendor);
        }
    }

    #[test]
    fn a_value_that_is_too_short_or_has_another_character_is_no_key() {
        for row in VENDORS.iter().filter(|it| it.rest.0 == it.rest.1) {
            let mut text = made(row);
            text.pop();
            assert!(!row.is(&text), "{}", row.vendor);
            let mut text = made(row);
            *text.last_mut().unwrap() = b' ';
            assert!(!row.is(&text), "{}", row.vendor);
        }
    }

    #[test]
    fn the_checksum_of_a_published_example_holds() {
        // The example of the announcement; it never gave access.
        let text = ["ghp", "_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ", "0mLq17"].concat();
        assert_eq!(vendor(&Shape::of(text.as_bytes())).map(|it| it.vendor), Some("GitHub"));
        let other = text.replace("0mLq17", "0mLq18");
        assert!(vendor(&Shape::of(other.as_bytes())).is_none());
    }

    #[test]
    fn rows_go_by_first_byte_and_name_sixty_vendors() {
        assert!(VENDORS.is_sorted_by_key(Vendor::first));
        let all: BTreeSet<_> = VENDORS.iter().map(|it| it.vendor).collect();
        assert!(all.len() >= 60, "{}", all.len());
    }

    #[test]
    fn a_name_tells_what_the_form_does_not() {
        let value = Shape::of(b"0123456789abcdef0123456789abcdef");
        assert_eq!(named_vendor(b"mydatadogkey", &value), Some("Datadog"));
        assert_eq!(named_vendor(b"mykey", &value), None);
    }
}
