//! Answers that are held to what the contract of their endpoint says: whose they are, and what leaves masked.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use bartizan_model::class::Class;
use bartizan_model::clause::Effect;
use bartizan_model::code::Code;
use bartizan_model::data_class::DataClass;
use bartizan_model::evidence::Finding;
use bartizan_model::head::Method;
use bartizan_model::place::Place;
use bartizan_model::retirement::Template;
use bartizan_model::terms::{
    Belonging, EndpointTerms, Force, Mask, Masked, Masking, Owned, Pair, Resource, Says, Shows,
    Term,
};
use support::{Api, Ask, ask, gzip};

const CUSTOMER: Resource = Resource(1);
const TENANT: Resource = Resource(2);
const ACCOUNT: Resource = Resource(3);

fn owned(path: &str) -> Owned {
    Owned { place: Place::body(path), owners: CUSTOMER, is_exclusive: true, unless_given: false }
}

fn mask(path: &str, class: DataClass, mask: Mask, unless_own: Option<Owned>) -> Masked {
    Masked { place: Place::body(path), class: Class::BuiltIn(class), mask, unless_own }
}

impl Api {
    /// A shop that knows Alice as 17 and Mallory as 99.
    fn of_shop(force: Force) -> Self {
        let endpoint = |path, says: Vec<Says>, shows: &[&str]| EndpointTerms {
            method: Method::Get,
            path: Template::new(path),
            known: Vec::new(),
            terms: says.into_iter().map(|says| Term { says, force }).collect(),
            hands_out: Vec::new(),
            shows: Shows {
                caller: shows.iter().map(|it| (Place::body(it), CUSTOMER)).collect(),
                ..Shows::default()
            },
        };
        let order = vec![
            Says::Owned(vec![owned("$.customerId")]),
            Says::Secret(Masking::of(vec![mask(
                "$.pin",
                DataClass::OneTimeCode,
                Mask::Drop,
                None,
            )])),
        ];
        let list = vec![Says::Owned(vec![owned("$[*].customerId")])];
        let email = mask("$[*].email", DataClass::Email, Mask::Partial, Some(owned("$[*].id")));
        let by_path = |objects, owners| {
            Says::Belongs(vec![Belonging { place: Place::Segment(2), objects, owners }])
        };
        let mut tenant = endpoint("/tenants/{tenant}", vec![by_path(None, TENANT)], &[]);
        tenant.shows.claims = vec![("tenant".into(), TENANT)];
        let account = by_path(Some(ACCOUNT), CUSTOMER);
        let mut accounts = endpoint("/accounts", vec![], &[]);
        accounts.shows.owners = vec![Pair {
            object: Place::body("$[*].number"),
            objects: ACCOUNT,
            owner: Place::body("$[*].owner.id"),
            owners: CUSTOMER,
        }];
        let mut search = endpoint("/search", vec![Says::Owned(vec![owned("$.customerId")])], &[]);
        search.method = Method::Post;
        let terms = vec![
            tenant,
            search,
            accounts,
            endpoint("/accounts/{number}", vec![account], &[]),
            endpoint("/me", vec![], &["$.id"]),
            endpoint("/orders", list, &["$[*].customerId"]),
            endpoint("/orders/{id}", order, &[]),
            endpoint("/people", vec![Says::Masked(Masking::of(vec![email]))], &[]),
        ];
        let mut it = Self::held_to(terms);
        it.get("alice", "/me", r#"{"id":17}"#);
        it.get("mallory", "/me", r#"{"id":"99"}"#);
        it
    }
}

const ALICES: &str = r#"{"orderId":1,"customerId":17,"pin":"1234","total":9}"#;

#[test]
fn an_answer_that_is_another_callers_does_not_leave() {
    for pieces in [1, 10, 1_000] {
        let mut api = Api::of_shop(Force::Enforced);
        let refused = api.ask(Ask { pieces, ..ask("mallory", "/orders/1", ALICES) });
        assert_eq!(refused.body, Err(Code::OwnerForeign));
        assert!(refused.effects().contains(&(Code::OwnerForeign, Effect::Refused)));
        let found = |it: &Finding| it.place == Place::body("$.customerId") && it.bytes == 2;
        assert!(refused.seen.findings.iter().any(found));
        // Its owner is undisturbed, at the same address.
        let got = api.ask(Ask { pieces, ..ask("alice", "/orders/1", ALICES) });
        assert_eq!(got.body.unwrap(), r#"{"orderId":1,"customerId":17,"total":9}"#);
    }
}

/// A bank where people share accounts: whoever was handed one may read it. Alice is 17 and Mallory 99.
fn sharing(force: Force) -> Api {
    let endpoint = |path, terms: Vec<Says>| EndpointTerms {
        method: Method::Get,
        path: Template::new(path),
        known: Vec::new(),
        terms: terms.into_iter().map(|says| Term { says, force }).collect(),
        hands_out: Vec::new(),
        shows: Shows::default(),
    };
    let shared = Owned { unless_given: true, ..owned("$.ownerId") };
    let named = Says::HandedOut(vec![(Place::Segment(2), ACCOUNT)]);
    let mut me = endpoint("/me", Vec::new());
    me.shows.caller = vec![(Place::body("$.id"), CUSTOMER)];
    let mut all = endpoint("/shared", Vec::new());
    all.hands_out = vec![(Place::body("$[*].number"), ACCOUNT)];
    let one = endpoint("/accounts/{number}", vec![named, Says::Owned(vec![shared])]);
    let mut api = Api::held_to(vec![me, all, one]);
    api.get("alice", "/me", r#"{"id":17}"#);
    api.get("mallory", "/me", r#"{"id":99}"#);
    api.get("mallory", "/shared", r#"[{"number":4711}]"#);
    api
}

#[test]
fn where_things_are_shared_an_answer_is_the_callers_own_or_of_what_it_was_handed() {
    let mut api = sharing(Force::Enforced);
    let alices = r#"{"ownerId":17}"#;
    // Who has just come may have been handed it before bartizan was there.
    assert!(api.get("mallory", "/accounts/815", alices).body.is_ok());
    api.now_ns += 25 * support::HOUR_NS;
    // Nobody was handed this one: whose it is stands in the answer alone.
    assert_eq!(api.get("mallory", "/accounts/815", alices).body, Err(Code::OwnerForeign));
    assert!(api.get("alice", "/accounts/815", alices).body.is_ok());
    assert!(api.get("mallory", "/accounts/4711", alices).body.is_ok(), "shared with it");
    assert!(api.get("mallory", "/accounts/815", r#"{"ownerId":99}"#).body.is_ok(), "its own");
    assert!(api.get("mallory", "/accounts/815", r#"{"ownerId":5}"#).body.is_ok(), "nobody's");
    let mut observed = sharing(Force::Observed);
    observed.now_ns += 25 * support::HOUR_NS;
    let got = observed.get("mallory", "/accounts/815", alices);
    assert!(got.effects().contains(&(Code::OwnerForeign, Effect::WouldRefuse)));
}

#[test]
fn an_owner_is_the_same_however_the_api_writes_it() {
    let mut api = Api::of_shop(Force::Enforced);
    let answer = r#"{"customerId":"17"}"#;
    assert_eq!(api.get("mallory", "/orders/1", answer).body, Err(Code::OwnerForeign));
    assert_eq!(api.get("alice", "/orders/1", answer).body.unwrap(), answer);
}

#[test]
fn a_list_that_holds_another_callers_does_not_leave() {
    let mut api = Api::of_shop(Force::Enforced);
    let mixed = r#"[{"customerId":99},{"customerId":17}]"#;
    let refused = api.get("mallory", "/orders?customer=17", mixed);
    assert_eq!(refused.body, Err(Code::OwnerForeign));
    // What the API shows unasked teaches, and is not judged.
    assert_eq!(api.get("mallory", "/orders?page=1", mixed).body.unwrap(), mixed);
}

#[test]
fn who_is_not_known_is_refused_nothing() {
    let mut api = Api::of_shop(Force::Enforced);
    for by in ["", "somebody"] {
        assert!(api.get(by, "/orders/1", ALICES).body.is_ok(), "{by}");
    }
    // Nobody was shown 18 as their own.
    assert!(api.get("mallory", "/orders/2", r#"{"customerId":18}"#).body.is_ok());
    // Staff are shown everybody's without asking.
    api.get("staff", "/orders", r#"[{"customerId":99},{"customerId":17}]"#);
    assert!(api.get("staff", "/orders/1", ALICES).body.is_ok());
}

#[test]
fn what_is_observed_passes_as_it_came_and_is_recorded() {
    let mut api = Api::of_shop(Force::Observed);
    let got = api.get("mallory", "/orders/1", ALICES);
    let mut effects = got.effects();
    effects.sort_by_key(|it| it.0);
    let would =
        [(Code::OwnerForeign, Effect::WouldRefuse), (Code::DisclosureSecret, Effect::WouldScrub)];
    assert_eq!(effects, would);
    assert_eq!(got.body.unwrap(), ALICES);
    assert_eq!(got.fields, ["content-type", "etag", &format!("Length({})", ALICES.len())]);
    assert!(got.asked.contains(&"accept-encoding".to_owned()));
}

#[test]
fn an_answer_that_is_changed_says_nothing_of_its_bytes() {
    let mut api = Api::of_shop(Force::Enforced);
    let got = api.get("alice", "/orders/1", ALICES);
    assert_eq!(got.effects(), [(Code::DisclosureSecret, Effect::Scrubbed)]);
    assert_eq!(got.fields, ["content-type", "Delimited"]);
    assert!(
        !got.asked.iter().any(|it| it == "accept-encoding" || it == "range"),
        "{:?}",
        got.asked
    );
}

#[test]
fn what_is_for_the_owner_alone_is_masked_for_others() {
    let mut api = Api::of_shop(Force::Enforced);
    let people = r#"[{"email":"a@x.org","id":17},{"id":99,"email":"m@x.org"},{"email":"n@x.org"}]"#;
    let got = api.get("alice", "/people", people);
    let masked = r#"[{"email":"a@x.org","id":17},{"id":99,"email":"m@*.org"},{"email":"n@*.org"}]"#;
    assert_eq!(got.body.unwrap(), masked);
    let nobody = api.get("", "/people", people).body.unwrap();
    assert!(!nobody.contains("a@x"), "{nobody}");
}

#[test]
fn a_coded_answer_is_decoded_and_another_one_refused() {
    let mut api = Api::of_shop(Force::Enforced);
    let gzip = gzip(ALICES);
    let coded = Ask { answer: &gzip, coding: "gzip", ..ask("alice", "/orders/1", "") };
    let got = api.ask(coded);
    assert!(!got.fields.iter().any(|it| it == "content-encoding"));
    assert_eq!(got.body.unwrap(), r#"{"orderId":1,"customerId":17,"total":9}"#);
    assert_eq!(api.ask(Ask { by: "mallory", ..coded }).body, Err(Code::OwnerForeign));
    for it in [
        Ask { coding: "x-own", ..ask("alice", "/orders/1", ALICES) },
        Ask { media: "text/csv", ..ask("alice", "/orders/1", ALICES) },
        Ask { status: 206, ..ask("alice", "/orders/1", ALICES) },
    ] {
        assert_eq!(api.ask(it).body, Err(Code::DisclosureSecret), "{} {}", it.media, it.coding);
    }
    // What is no text passes, and so do errors.
    assert!(api.ask(Ask { media: "image/png", ..ask("alice", "/orders/1", "x") }).body.is_ok());
    assert!(api.ask(Ask { status: 404, ..ask("alice", "/orders/1", "{}") }).body.is_ok());
    // A coding that breaks off is no answer.
    let broken = Ask { answer: &gzip[..gzip.len() / 2], ..coded };
    assert_eq!(api.ask(broken).body, Err(Code::UpstreamMalformed));
}

#[test]
fn a_long_answer_is_cut_when_it_proves_to_be_anothers() {
    let mut api = Api::of_shop(Force::Enforced);
    let long = "x".repeat(100_000);
    let late = format!(r#"{{"note":"{long}","customerId":17,"secret":"behind"}}"#);
    let got = api.ask(Ask { pieces: 16_384, ..ask("mallory", "/orders/1", &late) });
    assert_eq!(got.effects(), [(Code::OwnerForeign, Effect::Refused)]);
    assert!(!got.body.unwrap().contains("behind"));
    let got = api.ask(Ask { pieces: 16_384, ..ask("alice", "/orders/1", &late) });
    assert_eq!(got.body.unwrap(), late);
}

#[test]
fn a_tenant_that_the_token_does_not_name_is_refused_on_the_request() {
    let mut api = Api::of_shop(Force::Enforced);
    let foreign = Err(Code::OwnerForeignRequest);
    // Nobody is known to be of the north yet.
    assert!(api.get("mallory@south", "/tenants/north", "{}").body.is_ok());
    assert!(api.get("alice@north", "/tenants/north", "{}").body.is_ok());
    assert_eq!(api.get("mallory@south", "/tenants/north", "{}").body, foreign);
    assert_eq!(api.get("mallory@south", "/tenants/%6eorth", "{}").body, foreign);
    assert!(api.get("mallory@south", "/tenants/south", "{}").body.is_ok());
    // Without claims nothing is known of the caller.
    assert!(api.get("mallory", "/tenants/north", "{}").body.is_ok());
}

#[test]
fn what_a_refused_token_says_teaches_nothing() {
    let mut api = Api::of_shop(Force::Enforced);
    let forged = ask("mallory@north", "/tenants/north", "{}");
    assert!(api.ask(Ask { status: 401, ..forged }).body.is_ok());
    assert!(api.get("alice@north", "/tenants/north", "{}").body.is_ok());
    let south = api.get("mallory@south", "/tenants/north", "{}").body;
    assert_eq!(south, Err(Code::OwnerForeignRequest));
}

#[test]
fn an_object_whose_owner_was_shown_is_refused_on_the_request() {
    let mut api = Api::of_shop(Force::Enforced);
    // Staff saw whose they are; one object has no owner, and takes none of its neighbour.
    let all = r#"[{"number":500,"owner":{"id":17}},{"number":501},{"owner":{"id":17},"number":502},
        {"owner":{"id":99},"number":600}]"#;
    api.get("staff", "/accounts", all);
    let refused = |api: &mut Api, path| api.get("mallory", path, "{}").body.is_err();
    assert!(refused(&mut api, "/accounts/500") && refused(&mut api, "/accounts/0502"));
    assert!(!refused(&mut api, "/accounts/501") && !refused(&mut api, "/accounts/600"));
    assert!(api.get("alice", "/accounts/500", "{}").body.is_ok());
    assert!(api.get("staff", "/accounts/500", "{}").body.is_ok());
}

#[test]
fn a_method_that_the_request_names_is_held_to_its_answer() {
    let mut api = Api::of_shop(Force::Enforced);
    let fields = &[("x-http-method-override", "GET")];
    let ask = |by, target, answer| Ask { method: "POST", fields, ..ask(by, target, answer) };
    let alices = api.ask(ask("alice", "/orders/1", ALICES));
    assert_eq!(alices.body.unwrap(), r#"{"orderId":1,"customerId":17,"total":9}"#);
    let foreign = Err(Code::OwnerForeign);
    assert_eq!(api.ask(ask("mallory", "/orders/1", ALICES)).body, foreign);
    // Those of its own method it is held to as well.
    let alices = r#"{"customerId":17}"#;
    assert_eq!(api.ask(ask("mallory", "/search?customer=17", alices)).body, foreign);
    assert!(api.ask(ask("alice", "/search?customer=17", alices)).body.is_ok());
}

#[test]
fn a_method_that_the_request_names_teaches_nothing() {
    let mut api = Api::of_shop(Force::Enforced);
    let fields = &[("x-http-method-override", "GET")];
    // The API does not obey, and shows what the call itself said.
    let (body, echo) = (r#"{"id":17}"#, r#"{"id":17}"#);
    let ask = Ask { method: "POST", fields, body, ..ask("mallory", "/me", echo) };
    assert_eq!(api.ask(ask).body.unwrap(), echo);
    assert_eq!(api.get("mallory", "/orders/1", ALICES).body, Err(Code::OwnerForeign));
}

#[test]
fn whoever_sends_a_body_or_does_not_read_may_ask_for_somebody() {
    let mut api = Api::of_shop(Force::Enforced);
    let body = r#"{"customer":17}"#;
    let alices = r#"{"customerId":17}"#;
    let search = Ask { method: "POST", body, ..ask("mallory", "/search", alices) };
    assert_eq!(api.ask(search).body, Err(Code::OwnerForeign));
    assert_eq!(api.ask(Ask { body: "", ..search }).body, Err(Code::OwnerForeign));
    assert!(api.ask(Ask { by: "alice", ..search }).body.is_ok());
    let list = r#"[{"customerId":17}]"#;
    let listed = Ask { body, ..ask("mallory", "/orders", list) };
    assert_eq!(api.ask(listed).body, Err(Code::OwnerForeign));
    // Nor does its answer say who the caller is.
    let me = Ask { body, ..ask("mallory", "/me", r#"{"id":17}"#) };
    assert!(api.ask(me).body.is_ok());
    assert_eq!(api.get("mallory", "/orders/1", ALICES).body, Err(Code::OwnerForeign));
}
