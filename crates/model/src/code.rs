//! The codes of every refusal and finding: one table from which wire texts, metrics, the journal
//! and `docs/codes.md` come. A code is `area.name`, keeps its number, and is never reused.

use crate::clause::ClauseName;
use std::fmt;
use std::str::FromStr;

/// What is known of one code.
#[derive(Clone, Copy, Debug)]
pub struct CodeEntry {
    /// Number in the journal; never reused.
    pub number: u16,
    /// Stable name, `area.name`.
    pub name: &'static str,
    /// HTTP status of a refusal with this code.
    pub status: u16,
    /// The clause that is violated.
    pub clause: ClauseName,
    /// All that a client is told.
    pub title: &'static str,
    /// What an operator is told: what was met, why it matters, what to do if it is legitimate.
    pub text: &'static str,
}

macro_rules! codes {
    ($($name:ident = $number:literal, $text_name:literal, $status:literal, $clause:ident,
       $title:literal, $text:literal;)*) => {
        /// Why an exchange was refused, or what was found in it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $(#[doc = $title] $name,)* }

        impl Code {
            /// All codes, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// All that is known of this code.
            pub const fn entry(self) -> CodeEntry {
                match self {
                    $(Self::$name => CodeEntry {
                        number: $number,
                        name: $text_name,
                        status: $status,
                        clause: ClauseName::$clause,
                        title: $title,
                        text: $text,
                    },)*
                }
            }
        }
    };
}

codes! {
    FramingRequestLine = 1, "framing.request_line", 400, LawFraming, "malformed request line",
        "The request line is not `method SP target SP HTTP/1.0` or `HTTP/1.1`. Servers that guess differently see different requests. No legitimate HTTP client sends this.";
    FramingBareLf = 2, "framing.bare_lf", 400, LawFraming, "malformed line end",
        "A line of the head or of chunked framing ends with LF without CR. Some servers accept it and some do not, which hides a second request from one of them (RFC 9112 section 2.2). Mend the client: it writes HTTP by hand.";
    FramingBareCr = 3, "framing.bare_cr", 400, LawFraming, "malformed line end",
        "A CR stands alone inside the head (RFC 9112 section 2.2: a recipient must refuse or replace it).";
    FramingNul = 4, "framing.nul", 400, LawFraming, "forbidden byte",
        "A NUL byte stands in the head. C programs behind would read only what precedes it.";
    FramingControlByte = 5, "framing.control_byte", 400, LawFraming, "forbidden byte",
        "A control byte stands in the target or in a field value (RFC 9110 section 5.5).";
    FramingFieldName = 6, "framing.field_name", 400, LawFraming, "malformed field name",
        "A field name is empty or has bytes that a name may not have (RFC 9110 section 5.1).";
    FramingSpaceBeforeColon = 7, "framing.space_before_colon", 400, LawFraming, "malformed field",
        "White space stands between a field name and its colon. RFC 9112 section 5.1 demands 400: servers differ on whether the field counts.";
    FramingFolded = 8, "framing.folded", 400, LawFraming, "folded field",
        "A field line begins with white space (obs-fold, RFC 9112 section 5.2), which servers join or drop as they like.";
    FramingLengthMalformed = 9, "framing.length_malformed", 400, LawFraming, "malformed content length",
        "`Content-Length` is not one plain decimal number (RFC 9112 section 6.3).";
    FramingLengthsDiffer = 10, "framing.lengths_differ", 400, LawFraming, "repeated content length",
        "`Content-Length` stands more than once, or as a list. Even equal values are refused: a proxy behind might keep only one of them.";
    FramingLengthAndChunked = 11, "framing.length_and_chunked", 400, LawFraming, "conflicting body length",
        "`Content-Length` and `Transfer-Encoding` stand together: the classic of request smuggling (RFC 9112 section 6.1).";
    FramingCodingUnknown = 12, "framing.coding_unknown", 400, LawFraming, "unknown transfer coding",
        "`Transfer-Encoding` is something else than exactly one `chunked`. Obfuscated spellings make one server read chunks and the next one not.";
    FramingOldVersionChunked = 13, "framing.old_version_chunked", 400, LawFraming, "unknown transfer coding",
        "An HTTP/1.0 request has `Transfer-Encoding`, which that version does not know (RFC 9112 section 6.1).";
    FramingChunkMalformed = 14, "framing.chunk_malformed", 400, LawFraming, "malformed chunk",
        "A chunk size, chunk extension, chunk end or trailer field is not what RFC 9112 section 7.1 allows.";
    FramingFoldedName = 15, "framing.folded_name", 400, LawFraming, "forbidden field name",
        "A framing field is spelt with an underscore, for example `Transfer_Encoding`. Servers of the CGI family fold it into the real one.";
    FramingHostMissing = 16, "framing.host_missing", 400, LawFraming, "host missing",
        "The request names no host (RFC 9112 section 3.2).";
    FramingHostRepeated = 17, "framing.host_repeated", 400, LawFraming, "host repeated",
        "The request names more than one host, or its target and its `Host` differ. Routing by one and judging by the other is how tenants are mixed up.";
    FramingHostMalformed = 18, "framing.host_malformed", 400, LawFraming, "malformed host",
        "The host is not `name`, `address` or either with `:port` (RFC 9110 section 4.2.3: no user information, no path).";
    FramingPseudoField = 19, "framing.pseudo_field", 400, LawFraming, "malformed pseudo-field",
        "An HTTP/2 pseudo-field is missing, repeated, forged or has forbidden bytes (RFC 9113 section 8.3).";
    FramingConnectionField = 20, "framing.connection_field", 400, LawFraming, "connection field",
        "An HTTP/2 request carries a connection-specific field such as `Transfer-Encoding`, which RFC 9113 section 8.2.2 calls malformed.";
    FramingTargetForm = 21, "framing.target_form", 400, LawFraming, "malformed target",
        "The request target is neither a path nor an absolute `http` URI, nor `*` with OPTIONS (RFC 9112 section 3.2).";
    FramingConnect = 22, "framing.connect", 405, LawFraming, "method not allowed",
        "`CONNECT` asks for a tunnel. Whatever is sent through it would reach the API unjudged.";
    FramingUpgradeWithBody = 23, "framing.upgrade_with_body", 400, LawFraming, "upgrade with a body",
        "A request asks for a protocol change and has a body at the same time; where the body ends, servers disagree.";
    FramingOverlongUtf8 = 24, "framing.overlong_utf8", 400, LawFraming, "forbidden encoding",
        "The target holds UTF-8 in a longer form than needed, or half a surrogate pair: lenient decoders turn it into `/`, `.` or NUL.";
    FramingMethodCase = 25, "framing.method_case", 400, LawFraming, "malformed method",
        "The method has lower-case letters, for example `get`; no registered one has. Methods are told apart by case (RFC 9110 section 9.1), but some servers read capitals in their place, so that what was judged is not what is run. `fetch` sends `patch` as it is given: write `PATCH`.";
    FramingPaddedValue = 26, "framing.padded_value", 400, LawFraming, "malformed field",
        "An HTTP/2 field value begins or ends with white space, which RFC 9113 section 8.2.1 calls malformed: servers differ on whether it belongs to the value.";
    LimitHead = 32, "limit.head", 431, LawLimits, "request head too large",
        "The request head exceeds `limits.head_bytes_max`. Large cookies are the usual harmless cause: raise the limit.";
    LimitFields = 33, "limit.fields", 431, LawLimits, "too many fields",
        "The request has more field lines than `limits.fields_max`.";
    LimitTarget = 34, "limit.target", 414, LawLimits, "target too long",
        "The request target exceeds `limits.target_bytes_max`.";
    LimitHeadTime = 35, "limit.head_time", 408, LawLimits, "request too slow",
        "The request head was not complete within `limits.head_timeout`.";
    LimitBodyTime = 36, "limit.body_time", 408, LawLimits, "request too slow",
        "No byte of the request body arrived for `limits.body_timeout`.";
    LimitHeld = 37, "limit.held", 503, LawLimits, "overloaded",
        "All held request bodies together reached `limits.held_bytes_max`; this one was shed and may be sent again.";
    LimitBodyRate = 38, "limit.body_rate", 408, LawLimits, "request too slow",
        "The request body arrived slower than `limits.body_rate_min` for longer than ten seconds.";
    LimitOverload = 39, "limit.overload", 503, LawLimits, "overloaded",
        "The process has more work, or more memory in use, than it can carry (`limits.memory_bytes_max`): the request was shed unread and may be sent again.";
    PathEncodedSlash = 48, "path.encoded_slash", 400, BaselinePath, "ambiguous path",
        "The path holds `%2f`. Some servers decode it before routing, so a rule on the path and the API may see different resources. npm's `/@scope%2fname` is a legitimate use. Judged where a reading has a consequence (`paths` of the route).";
    PathBackslash = 49, "path.backslash", 400, BaselinePath, "ambiguous path",
        "The path holds a backslash, plain or as `%5c`; some servers and the WHATWG URL parser read it as a slash.";
    PathDotSegment = 50, "path.dot_segment", 400, BaselinePath, "ambiguous path",
        "The path has a `.` or `..` segment, plain, encoded or followed by `;`. Normalising servers serve another resource than the path says.";
    PathEmptySegment = 51, "path.empty_segment", 400, BaselinePath, "ambiguous path",
        "The path has an empty segment (`//`), which some servers merge. Sloppy base URLs of clients are the usual harmless cause. Judged where a reading has a consequence (`paths` of the route), and always in front: some libraries take `//name` for a host.";
    PathParameter = 52, "path.parameter", 400, BaselinePath, "ambiguous path",
        "A path segment holds `;`. Servlet containers cut it off before routing; others keep it. Judged where a reading has a consequence (`paths` of the route).";
    PathDoubleEncoding = 53, "path.double_encoding", 400, BaselinePath, "ambiguous path",
        "The path holds a percent sign that is percent-encoded itself (`%252f`): it means something else after each decoding. Judged where a reading has a consequence (`paths` of the route).";
    PathEncodedControl = 54, "path.encoded_control", 400, BaselinePath, "ambiguous path",
        "The path holds an encoded control byte, for example `%0d%0a`.";
    PathEncodedNul = 55, "path.encoded_nul", 400, LawFraming, "forbidden byte",
        "The target holds an encoded NUL (`%00`), at which C programs stop reading.";
    PathMalformedPercent = 56, "path.malformed_percent", 400, BaselinePath, "ambiguous path",
        "The path has a `%` without two hexadecimal digits; servers keep it, drop it or answer 400.";
    PathFragment = 57, "path.fragment", 400, BaselinePath, "ambiguous path",
        "The target holds `#`. A fragment is never sent by a correct client.";
    PathRawByte = 58, "path.raw_byte", 400, BaselinePath, "ambiguous path",
        "A byte above 0x7F stands in the target as it is. RFC 3986 wants it percent-encoded; many servers answer 400, the others disagree on what it means.";
    MethodTrace = 64, "method.trace", 405, BaselineMethod, "method not allowed",
        "`TRACE` echoes the request, credentials included, to whoever asked (RFC 9110 section 9.3.8).";
    FieldUnderscore = 66, "field.underscore", 400, BaselineFieldNames, "ambiguous field name",
        "A field name holds an underscore. Servers of the CGI family read it as a hyphen, so `X_User` and `X-User` may be one field to the API and two to everything in front of it. Refused only where a route says `underscores: reject`.";
    BodySize = 72, "body.size", 413, BaselineBodySize, "body too large",
        "The request body exceeds `limits.body_bytes_max`.";
    BodyJsonMalformed = 73, "body.json_malformed", 400, BaselineBodyParse, "malformed body",
        "The body is declared as JSON and is not (RFC 8259). What the API would make of it cannot be judged.";
    BodyFormMalformed = 74, "body.form_malformed", 400, BaselineBodyParse, "malformed body",
        "The body is declared as a form and is not. `curl -d` sends JSON with this type unless told otherwise.";
    BodyJsonDuplicateKey = 75, "body.json_duplicate_key", 400, BaselineBodyParse, "malformed body",
        "A JSON object names one key twice. Parsers keep the first or the last value, so what was judged may not be what is used.";
    BodyJsonDepth = 76, "body.json_depth", 400, BaselineBodyParse, "malformed body",
        "The JSON body is nested deeper than 64 levels, which exhausts recursive parsers.";
    BodyTooManyValues = 77, "body.too_many_values", 413, BaselineBodyParse, "body too large",
        "The message has more single values than are examined (20,000).";
    BodyCodingMalformed = 78, "body.coding_malformed", 400, BaselineBodyParse, "malformed body",
        "The body cannot be decoded from its `Content-Encoding`, or has bytes behind its end. What the API would make of it cannot be judged.";
    BodyCodingTooLarge = 79, "body.coding_too_large", 413, BaselineBodyParse, "body too large",
        "Decoded, the body exceeds `limits.decoded_bytes_max`, or `limits.decoded_ratio_max` times its size: a decompression bomb, or a budget that is too small.";
    RouteUnknown = 80, "route.unknown", 404, LawRoute, "not found",
        "No entry of `routes` is for this host and path.";
    RouteRefused = 81, "route.refused", 403, LawRoute, "not published",
        "The route says `refuse: true`.";
    ClientDenied = 88, "client.denied", 403, ClientAddress, "client not allowed",
        "The client's address is in `clients.deny`, or `clients.allow` is set and it is not in it.";
    ClientTooFast = 89, "client.too_fast", 429, ClientRate, "too many requests",
        "The client's address exceeded `clients.rate` and its burst; `Retry-After` says when it may try again.";
    ClientCertificate = 90, "client.certificate", 403, IdentityCertificate, "client certificate required",
        "The route demands a client certificate and the connection has none.";
    CredentialMissing = 91, "identity.no_credential", 401, IdentityCredential, "credential required",
        "The call shows no credential, and every call of this endpoint that the API answered with success did (OWASP API2:2023, CWE-306). Make sure that the API still asks for one.";
    ClientThrottled = 92, "client.throttled", 429, ClientThrottle, "too many requests",
        "Clauses against harm refused this caller `throttle.after` times within ten minutes: for `throttle.duration` it keeps to `throttle.rate`. It ends by itself.";
    ContentSqlInjection = 96, "content.sql_injection", 403, ContentSqli, "request refused",
        "A value reads as SQL that breaks out of the place it was meant for (OWASP A03:2021, CWE-89).";
    ContentScriptInjection = 97, "content.script_injection", 403, ContentXss, "request refused",
        "A value reads as HTML or script that would run in a browser (OWASP A03:2021, CWE-79).";
    ContentUnexamined = 98, "content.unexamined", 413, ContentUnexamined, "body too large",
        "A body of a kind that is examined exceeds `limits.inspect_bytes_max`, holds more than 256 KiB of suspicious values, or has a content coding that cannot be decoded, so its content was not examined whole. Raise the limit, or let the route say `fail_open: true`.";
    DisclosureStackTrace = 104, "disclosure.stack_trace", 500, DisclosureErrors, "internal error",
        "A response body holds a stack trace (CWE-209). The client got this document and the API's status instead.";
    DisclosureSqlError = 105, "disclosure.sql_error", 500, DisclosureErrors, "internal error",
        "A response body holds the error message of a database.";
    DisclosureDebugPage = 106, "disclosure.debug_page", 500, DisclosureErrors, "internal error",
        "A response body is the debug page of a web framework. Switch debugging off in production.";
    DisclosureFilePath = 107, "disclosure.file_path", 500, DisclosureErrors, "internal error",
        "An error response names a source file on the server.";
    DisclosureVersion = 108, "disclosure.version", 500, DisclosureErrors, "internal error",
        "An error response names software and its version.";
    DisclosurePrivateKey = 109, "disclosure.private_key", 500, DisclosureErrors, "internal error",
        "A response body holds a private key.";
    DisclosureBanner = 110, "disclosure.banner", 500, DisclosureBanner, "banner",
        "A response field (`Server`, `X-Powered-By` and kin) names the software behind; it was taken out.";
    DisclosureBudget = 111, "disclosure.budget", 429, DisclosureBudget, "too many records",
        "The caller was shown as many records as `records` of the route allows in its time (OWASP API4:2023, API6:2023): enumeration, scraping, or an export that somebody should ask for. It passes again after `Retry-After`.";
    RecordUnavailable = 112, "record.unavailable", 503, LawRecord, "not recorded",
        "`record.required` is set, and the intent to forward could not be written to the journal, so that nothing was sent to the API, or the result could not, so that the answer was not passed on. `bartizan why` tells which. See the disk and `bartizan status`.";
    ReferenceForeign = 116, "provenance.foreign_reference", 403, ProvenanceReference, "not allowed",
        "The call names an object whose identifier was never given to this caller and was given to another one (OWASP API1:2023, CWE-639). Held only where a person put the clause in force; `bartizan contract show` says on what evidence. Links in messages and objects shared on purpose are the usual harmless causes: write an exception.";
    OwnerForeign = 117, "ownership.foreign_object", 403, OwnershipAnswer, "not allowed",
        "The call asked for an object, and the API answered with one that belongs to somebody else (OWASP API1:2023, CWE-639): its owner is one that another caller is shown as their own, and this caller is shown another. Held only where a person put the clause in force; the answer did not leave. What the call changed is changed: see the API. Objects shared on purpose are the usual harmless cause: write an exception.";
    DisclosureSecret = 118, "disclosure.secret_field", 403, DisclosureSecret, "not allowed",
        "An answer shows a password, a key or another secret (OWASP API3:2023, CWE-200); it was masked. An answer that could not be read, for example for its content coding, was refused.";
    DisclosureData = 119, "disclosure.data_field", 403, DisclosureData, "not allowed",
        "An answer shows data of people that leave masked, or to their owner alone; they were masked. An answer that could not be read, for example for its content coding, was refused.";
    ShapeReadOnlyField = 120, "shape.read_only_field", 400, ShapeReadOnly, "field not accepted",
        "The call sets a field that answers of the API show and that nobody sets, for example `role` or `balance` (mass assignment, OWASP API3:2023, CWE-915). The name counts wherever it stands, in any case, with or without underscores.";
    ShapeUndeclaredField = 121, "shape.undeclared_field", 400, ShapeUndeclared, "unknown field",
        "The call has a field in its query or body that this endpoint is not known to take. A new version of a client or of the API is the usual harmless cause.";
    ShapeWrongType = 122, "shape.wrong_type", 400, ShapeType, "wrong type",
        "A value has another type than the values of this field have, for example text in place of a number.";
    ShapeMissingField = 123, "shape.missing_field", 400, ShapeRequired, "field missing",
        "The call lacks a field that every call of this endpoint has. A new version of a client is the usual harmless cause.";
    ShapeOutOfBounds = 124, "shape.out_of_bounds", 400, ShapeBounds, "value out of range",
        "A value is far larger, smaller or longer than all values of this field were. Magnitudes are compared: powers of two.";
    OwnerForeignRequest = 125, "ownership.foreign_request", 403, OwnershipRequest, "not allowed",
        "The call names an owner (a customer, a tenant) that is another caller's, or an object whose owner is (OWASP API1:2023, CWE-639): the API shows the owner to another caller as their own, or another caller's token names it, and this caller is somebody else. Held only where a person put the clause in force. Objects shared on purpose are the usual harmless cause: write an exception.";
    UpstreamUnreachable = 128, "upstream.unreachable", 502, Upstream, "API unreachable",
        "No connection to the upstream could be made.";
    UpstreamTimeout = 129, "upstream.timeout", 504, Upstream, "API too slow",
        "The upstream sent no complete response head within `upstream.response_timeout`.";
    UpstreamMalformed = 130, "upstream.malformed", 502, Upstream, "malformed API response",
        "The upstream's response is not well-formed HTTP/1.1; forwarding it could desynchronise the client.";
    UpstreamClosed = 131, "upstream.closed", 502, Upstream, "API closed the connection",
        "The upstream closed the connection before its response was complete.";
    UpstreamBusy = 132, "upstream.busy", 503, Upstream, "API busy",
        "The upstream has `exchanges_max` exchanges in flight already.";
    UpstreamCircuitOpen = 133, "upstream.circuit_open", 503, Upstream, "API unavailable",
        "Every address of the upstream failed several times in a row, or fails its health checks: it is left alone for a moment and then tried with single requests.";
    UpstreamTls = 134, "upstream.tls", 502, Upstream, "API not trusted",
        "The TLS handshake with the upstream failed: its certificate is not valid for its name, its issuer is not trusted, or it demands a client certificate.";
    DeclaredPath = 136, "declared.path", 404, DeclaredOperation, "not found",
        "The description of the route's API has no such path (OWASP API9:2023). A forgotten endpoint, a scanner, or a description that is not up to date.";
    DeclaredMethod = 137, "declared.method", 405, DeclaredOperation, "method not allowed",
        "The description of the route's API has this path, with other methods.";
    DeclaredCredential = 138, "declared.credential", 401, DeclaredCredential, "credential required",
        "The description asks for a credential at this operation, and the call shows none of a kind that it names (OWASP API2:2023). Whether a credential is good is not judged by this.";
    DeclaredMissing = 139, "declared.missing", 400, DeclaredRequest, "field missing",
        "A parameter, a member or the body that the description requires is not there.";
    DeclaredUnknown = 140, "declared.unknown", 400, DeclaredRequest, "unknown field",
        "A parameter is not declared, a member where the description allows no others, or a body where it declares none (OWASP API3:2023).";
    DeclaredUnfit = 141, "declared.unfit", 400, DeclaredRequest, "value not accepted",
        "A value has another type or format than the description declares, is outside of what it allows, or the body cannot be read as what it is declared to be.";
    DeclaredMediaType = 142, "declared.media_type", 415, DeclaredRequest, "media type not accepted",
        "The body has a media type that the description does not declare for this operation, or more than one.";
    TenantForeign = 143, "ownership.foreign_tenant", 403, OwnershipTenant, "not allowed",
        "The call is for a tenant to which others belong, and its caller belongs to another one (OWASP API1:2023, CWE-639): a claim of its token says so, or it was only ever answered for that one. Held where `tenant` of the API says what names the tenant of a call. People who see to several tenants are the usual harmless cause: write an exception.";
    RoleForeign = 144, "identity.foreign_role", 403, IdentityRole, "not allowed",
        "What the caller's token says of it (a role, a group, a scope, a plan) is what callers of the API's other endpoints have, and callers of this one never had (OWASP API5:2023, CWE-285). Held only where a person put the clause in force; `bartizan contract show` says on what evidence. People who were given a further task are the usual harmless cause: write an exception, or withdraw the clause.";
    DeclaredAnswerHead = 145, "declared.answer_head", 502, DeclaredAnswer, "answer withheld",
        "The API answered with a status of success, or a media type, that the description does not declare for this operation. Refused only where `declared.answer` is enforced by name.";
    DeclaredAnswerBody = 146, "declared.answer_body", 502, DeclaredAnswer, "answer withheld",
        "The body of an answer is not as the description declares it: a member is missing, has another type, is declared to be write-only, or is none where the description allows no others (OWASP API3:2023). Refused only where `declared.answer` is enforced by name, before anything of it has left; answers of more than 64 KiB are not judged.";
    TransportPlain = 147, "transport.plain", 403, TransportTls, "encryption required",
        "The call came without TLS to an endpoint that is called over TLS alone. A listener that was opened by mistake, a health check, or somebody who had a client taken down to plain text.";
    TransportNoCertificate = 148, "transport.no_certificate", 403, TransportTls, "client certificate required",
        "The call showed no client certificate that was verified here, at an endpoint all of whose callers show one.";
    ContentCommandInjection = 149, "content.command_injection", 403, ContentCommand, "request refused",
        "A value reads as a command that a shell would run: a separator, a pipe or a substitution with a program behind (CWE-78, OWASP A03:2021). Documentation and support messages quote commands; they stand within a sentence.";
    ContentTemplateInjection = 150, "content.template_injection", 403, ContentTemplate, "request refused",
        "A value holds an expression that a template engine on the server would run: it calculates, calls or reaches into objects (CWE-1336). A bare placeholder such as `{{name}}` is none.";
    ContentPathTraversal = 151, "content.path_traversal", 403, ContentTraversal, "request refused",
        "A value climbs out of a folder, names a file that only the system reads, or a wrapper that reads files (CWE-22, CWE-98).";
    ContentLookupInjection = 152, "content.lookup_injection", 403, ContentLookup, "request refused",
        "A value holds a lookup such as `${jndi:…}`, plain or nested, which loggers of Java resolved (CWE-917, CVE-2021-44228).";
    ContentServerRequest = 153, "content.server_request", 403, ContentSsrf, "request refused",
        "A value is a URL or host that leads a server to itself, to its neighbours or to the metadata of its cloud, or has a scheme that no browser sends (CWE-918, OWASP API7:2023).";
    ContentLineInjection = 154, "content.line_injection", 403, ContentLine, "request refused",
        "A value goes on behind a line end with a field of a response or of a mail, or with an entry of a log (CWE-93, CWE-113, CWE-117).";
    ContentNosqlInjection = 155, "content.nosql_injection", 403, ContentNosql, "request refused",
        "A name is an operator where a field was expected (`user[$ne]`, `{\"$gt\": \"\"}`), or a value breaks out into the language of a document database (CWE-943).";
    ContentLdapInjection = 156, "content.ldap_injection", 403, ContentLdap, "request refused",
        "A value closes an LDAP filter and opens another (CWE-90).";
    ContentXpathInjection = 157, "content.xpath_injection", 403, ContentXpath, "request refused",
        "A value closes a string of XPath and goes on with an expression (CWE-643).";
    ContentXmlEntity = 158, "content.xml_entity", 403, ContentXxe, "request refused",
        "XML declares an entity that reads a file or an address, or entities that multiply each other (CWE-611, CWE-776).";
    ContentObjectInjection = 159, "content.object_injection", 403, ContentObject, "request refused",
        "A value is a serialised object of Java, PHP, Python, .NET, Ruby or Node, or names a class to be made (CWE-502).";
    ContentPrototypePollution = 160, "content.prototype_pollution", 403, ContentPrototype, "request refused",
        "A name is `__proto__` or `constructor.prototype`: merged into an object by JavaScript, it changes all objects (CWE-1321).";
    ContentGraphqlAbuse = 161, "content.graphql_abuse", 403, ContentGraphql, "request refused",
        "A GraphQL document nests, repeats or batches far beyond what clients do, goes in circles, or logs in many times at once (CWE-770, OWASP API4:2023).";
    ContentScanner = 162, "content.scanner", 403, ContentScanner, "request refused",
        "A value names a tool that looks for holes, or a host at which such tools wait for calls from inside. Tests that you ordered do the same: except their field, or their address.";
    PatchMatched = 163, "patch.matched", 403, PatchMatched, "request refused",
        "A virtual patch, which an operator wrote, says that such a request is not let through. `bartizan why` names the patch, its field and its reason. Held as strictly as the patch says, until its last day.";
    PatchUnexamined = 164, "patch.unexamined", 403, PatchMatched, "request refused",
        "A virtual patch looks at this request, and not all of it could be read: it is too long, too deep, in an unknown coding, cut off, or more than a patch looks at. What is not known to keep a patch is held as what breaks it, unless the route fails open.";
    BodyWebsocketMalformed = 165, "body.websocket_malformed", 400, BaselineBodyParse, "malformed body",
        "Through a WebSocket whose messages are examined (`routes[].inspect_websocket`) came what is no frame of RFC 6455: a reserved bit, a missing mask, a length that is not the shortest. What follows cannot be read.";
    DisclosureListing = 166, "disclosure.directory_listing", 403, DisclosureListing, "not allowed",
        "An answer is the listing that a web server writes of a folder: every file of it is named, links to it, and nobody made the page (CWE-548). Switch listings off, or except the endpoint if it is meant to list. Refused only where `disclosure.listing` is enforced by name.";
    DisclosureSource = 167, "disclosure.source_code", 403, DisclosureSource, "not allowed",
        "An answer is a program that the server should have run, or a page with code in it that was not (CWE-540): a handler is missing, or a copy with another ending lies among the files. Except the endpoint if it hands out programs. Refused only where `disclosure.source` is enforced by name.";
    DisclosureSettings = 168, "disclosure.settings", 403, DisclosureSource, "not allowed",
        "An answer is a file that a program is configured with and holds a secret, or tells what a working copy of Git is of (CWE-538). Take the file out of what is served, and change the secrets in it. Refused only where `disclosure.source` is enforced by name.";
    DisclosureReflected = 169, "disclosure.reflected_script", 403, DisclosureReflection, "not allowed",
        "A page shows a value of its own request unescaped, and the value may run in a browser (CWE-79): whoever makes somebody follow a link runs script in their name. Escape the value where the page is made. Pages that show what their author wrote, such as previews, are the harmless cause: except their endpoint.";
    TokenMissing = 180, "identity.token_missing", 401, IdentityVerified, "token required",
        "The route says `tokens: required`, and the call has no token: no `Authorization`, or one of a scheme that is none of tokens (RFC 6750). A browser's question whether it may ask is not refused for that. A client that was never logged in, a health check, or somebody who tries.";
    TokenInvalid = 181, "identity.token_invalid", 401, IdentityVerified, "token not accepted",
        "The call has a token that is not believed: it is no signed message that we read, its signature is wrong, it names no issuer of `issuers`, is for another audience, is signed in a way that is not accepted (`none`, or with a secret), says that it is something else than an access token, or lacks a claim. Also: `Authorization` twice, or with something that is none. If a client that should pass is refused, compare its `iss` and `aud` with `issuers`, to the letter. See docs/tokens.md for all that is demanded.";
    TokenExpired = 182, "identity.token_expired", 401, IdentityVerified, "token expired",
        "The token of the call is rightly signed and not of now: it has ended (`exp`), has not begun (`nbf`), is issued in the future (`iat`), or lives longer than `lifetime_max` of its issuer. Clients meet this each time that a token ends, and fetch a new one. If new tokens are refused, compare the clocks of the issuer and of this machine.";
    TokenRevoked = 183, "identity.token_revoked", 401, IdentityVerified, "token not accepted",
        "The token of the call was withdrawn, or its session, its subject, its application or its key, by a line of its issuer's `revoked`.";
    TokenKeyUnknown = 184, "identity.key_unknown", 401, IdentityVerified, "token not accepted",
        "No key of the token's issuer is the one that it says signed it, or fits how it is signed. Usually the issuer has a new key and the file of `keys` is older: renew it, it is read again when it changes. Else the token is forged.";
    TokenProofInvalid = 185, "identity.proof_invalid", 401, IdentityVerified, "token not accepted",
        "The token of the call is bound to a key or to a client certificate (`cnf`), and whoever sent it does not show that it is theirs: no proof (`DPoP`), one for another request, an old one, one that was used before, one of another key, or another certificate. Or it came under `DPoP` and is bound to no key. A token that was stolen is refused so. Behind a proxy that ends TLS, bartizan has to be told the scheme (`trusted_proxies`), and sees no certificates.";
    ScopeMissing = 186, "identity.scope_missing", 403, IdentityScope, "not allowed",
        "The token of the call is good, and has not all the scopes that the route demands (`scopes`). The client has to ask its issuer for more, or has no business here.";
}

impl Code {
    /// Stable name, `area.name`.
    pub const fn name(self) -> &'static str {
        self.entry().name
    }

    /// The code with this journal number.
    pub fn from_number(number: u16) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.entry().number == number)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Code {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|it| it.name() == text).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_rise_and_names_are_distinct() {
        for pair in Code::ALL.windows(2) {
            assert!(pair[0].entry().number < pair[1].entry().number, "{}", pair[1]);
        }
        let mut names: Vec<_> = Code::ALL.iter().map(|it| it.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
    }

    #[test]
    fn a_code_is_found_by_name_and_number() {
        for &code in Code::ALL {
            assert_eq!(code.name().parse(), Ok(code));
            assert_eq!(Code::from_number(code.entry().number), Some(code));
            assert!((400..=599).contains(&code.entry().status), "{code}");
        }
        assert_eq!(Code::from_number(0), None);
    }
}
