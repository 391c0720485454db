//! The columns of a sealed segment: one row for each exchange.
//!
//! Reads    observations.
//! Writes   Arrow batches; a Parquet file of them is what `bartizan export` gives, too.
//! Memory   one batch of at most [`BATCH_ROWS`] rows.
//! Misses   nothing of an observation: `rows.rs` reads the same back.
//!
//! Numbers that stand for nothing (no session, no trace) are null. Identifiers of subjects, sessions,
//! clients and endpoints are hexadecimal text, because they repeat: the dictionary holds each once, and a
//! query gets it without work. Ids of exchanges and traces do not repeat and are 16 bytes; the keyed hashes
//! of facts are numbers, because there are many. The places of a message stand beside its facts only where
//! facts do not name them all.

use crate::number;
use arrow::array::{
    ArrayRef, BooleanArray, FixedSizeBinaryBuilder, Int16Array, Int64Array, ListArray, RecordBatch,
    StringViewBuilder, StructArray, TimestampMicrosecondArray, UInt8Array, UInt16Array,
    UInt32Array, UInt64Array,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef, TimeUnit};
use arrow::error::ArrowError;
use bartizan_model::clause::Effect;
use bartizan_model::fact::Facts;
use bartizan_model::head::Version;
use bartizan_model::host::Side as Of;
use bartizan_model::observation::Observation;
use std::sync::{Arc, LazyLock};

/// Rows of a batch.
pub const BATCH_ROWS: usize = 8_192;

static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| Arc::new(Schema::new(fields())));
static HIT: LazyLock<Fields> = LazyLock::new(|| {
    fields_of(&[
        ("code", DataType::Utf8View),
        ("clause", DataType::Utf8View),
        ("effect", DataType::Utf8View),
        ("margin", DataType::UInt16),
    ])
});
static FINDING: LazyLock<Fields> = LazyLock::new(|| {
    fields_of(&[
        ("code", DataType::Utf8View),
        ("place", DataType::Utf8View),
        ("bytes", DataType::UInt32),
        ("shape", DataType::Utf8View),
        ("score", DataType::UInt16),
        ("value", DataType::UInt64),
    ])
});
static FACT: LazyLock<Fields> = LazyLock::new(|| {
    fields_of(&[
        ("place", DataType::Utf8View),
        ("kind", DataType::Utf8View),
        ("bytes", DataType::UInt32),
        ("times", DataType::UInt16),
        ("bucket", DataType::Int16),
        ("score", DataType::UInt16),
        ("value", DataType::UInt64),
        ("class", DataType::Utf8View),
        ("class_bits", DataType::UInt8),
        ("forms", DataType::UInt8),
    ])
});

static POINTED: LazyLock<Fields> = LazyLock::new(|| {
    fields_of(&[
        ("side", DataType::Utf8View),
        ("place", DataType::Utf8View),
        ("host", DataType::Utf8View),
        ("own", DataType::Boolean),
    ])
});

static LISTED: LazyLock<Fields> = LazyLock::new(|| {
    fields_of(&[
        ("side", DataType::Utf8View),
        ("field", DataType::UInt16),
        ("value", DataType::UInt64),
    ])
});

fn fields_of(all: &[(&str, DataType)]) -> Fields {
    all.iter().map(|(name, it)| Field::new(*name, it.clone(), false)).collect()
}

fn list_of(of: DataType) -> DataType {
    DataType::List(Arc::new(item(of)))
}

fn item(of: DataType) -> Field {
    Field::new("item", of, false)
}

/// The schema of a segment.
pub fn schema() -> SchemaRef {
    Arc::clone(&SCHEMA)
}

/// The type of `time`.
fn time() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

fn fields() -> Vec<Field> {
    let text = || DataType::Utf8View;
    let is = |name: &str, of| Field::new(name, of, false);
    let may = |name: &str, of| Field::new(name, of, true);
    let mut all = vec![
        is("id", DataType::FixedSizeBinary(16)),
        is("time", time()),
        is("finished_us", DataType::UInt32),
        is("judged_us", DataType::UInt32),
        is("forwarded_us", DataType::UInt32),
        is("answered_us", DataType::UInt32),
        is("method", text()),
        is("version", text()),
        is("endpoint", text()),
        is("endpoint_id", text()),
        is("route", text()),
        is("status", DataType::UInt16),
        is("outcome", text()),
        may("effect", text()),
        is("oddities", list_of(text())),
        is("subject", text()),
        is("subject_kind", text()),
        is("verified", DataType::Boolean),
        may("session", text()),
        may("client", text()),
        may("trace", DataType::FixedSizeBinary(16)),
        is("request_head_bytes", DataType::UInt32),
        is("request_bytes", DataType::UInt64),
        is("response_bytes", DataType::UInt64),
        is("revision", DataType::UInt64),
        is("sql_score", DataType::UInt16),
        is("script_score", DataType::UInt16),
        is("hits", list_of(DataType::Struct(HIT.clone()))),
        is("hits_more", DataType::UInt16),
        is("findings", list_of(DataType::Struct(FINDING.clone()))),
        is("findings_more", DataType::UInt16),
        // What only we read back.
        is("clock_ns", DataType::Int64),
        is("key_epoch", DataType::UInt16),
        is("oddity_bits", DataType::UInt64),
        // Since classes are kept.
        may("operation", text()),
        is("traits", list_of(text())),
        is("trait_bits", DataType::UInt64),
        // Since hosts are kept.
        is("hosts", list_of(DataType::Struct(POINTED.clone()))),
        // Since further values of lists are kept.
        is("listed", list_of(DataType::Struct(LISTED.clone()))),
    ];
    for side in ["request", "response"] {
        all.push(is(&format!("{side}_facts"), list_of(DataType::Struct(FACT.clone()))));
        all.push(may(&format!("{side}_shape"), DataType::UInt64));
        all.push(is(&format!("{side}_places"), list_of(text())));
        all.push(is(&format!("{side}_positions"), list_of(DataType::UInt16)));
        all.push(is(&format!("{side}_more"), DataType::UInt16));
    }
    all
}

/// Version of HTTP, as text.
pub(crate) const fn version(it: Version) -> &'static str {
    match it {
        Version::Http10 => "HTTP/1.0",
        Version::Http11 => "HTTP/1.1",
        Version::Http2 => "HTTP/2",
    }
}

/// The gravest effect of the hits of an exchange.
fn gravest(it: &Observation) -> Option<Effect> {
    const fn gravity(it: Effect) -> u8 {
        match it {
            Effect::Refused => 7,
            Effect::Failed => 6,
            Effect::Scrubbed => 5,
            Effect::WouldRefuse => 4,
            Effect::WouldScrub => 3,
            Effect::FailedOpen => 2,
            Effect::Excepted => 1,
            Effect::Overtaken => 0,
        }
    }
    it.hits.iter().map(|it| it.effect).max_by_key(|it| gravity(*it))
}

fn text() -> StringViewBuilder {
    // Blocks that fit a batch: the texts of a row are short.
    StringViewBuilder::new().with_fixed_block_size(64 * 1_024)
}

/// The ends of the lists of a column.
#[derive(Debug)]
struct Ends(Vec<i32>);

impl Default for Ends {
    fn default() -> Self {
        Self(vec![0])
    }
}

impl Ends {
    fn close(&mut self, length: usize) {
        // A batch has at most 8,192 rows of at most 64 items.
        self.0.push(i32::try_from(length).unwrap_or(i32::MAX));
    }

    fn list(self, of: DataType, values: ArrayRef) -> Result<ArrayRef, ArrowError> {
        let ends = OffsetBuffer::new(self.0.into());
        Ok(Arc::new(ListArray::try_new(Arc::new(item(of)), ends, values, None)?))
    }
}

#[derive(Debug)]
struct Hits {
    ends: Ends,
    code: StringViewBuilder,
    clause: StringViewBuilder,
    effect: StringViewBuilder,
    margin: Vec<u16>,
}

impl Hits {
    fn new() -> Self {
        let (ends, margin) = (Ends::default(), Vec::new());
        Self { ends, code: text(), clause: text(), effect: text(), margin }
    }

    fn push(&mut self, it: &Observation) {
        for hit in &it.hits {
            self.code.append_value(hit.code.name());
            self.clause.append_value(hit.code.entry().clause.name());
            self.effect.append_value(hit.effect.name());
            self.margin.push(hit.margin);
        }
        self.ends.close(self.margin.len());
    }

    fn finish(mut self) -> Result<ArrayRef, ArrowError> {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.code.finish()),
            Arc::new(self.clause.finish()),
            Arc::new(self.effect.finish()),
            Arc::new(UInt16Array::from(self.margin)),
        ];
        let values = StructArray::try_new(HIT.clone(), columns, None)?;
        self.ends.list(DataType::Struct(HIT.clone()), Arc::new(values))
    }
}

#[derive(Debug)]
struct Findings {
    ends: Ends,
    code: StringViewBuilder,
    place: StringViewBuilder,
    bytes: Vec<u32>,
    shape: StringViewBuilder,
    score: Vec<u16>,
    value: Vec<u64>,
}

impl Findings {
    fn new() -> Self {
        Self {
            ends: Ends::default(),
            code: text(),
            place: text(),
            bytes: Vec::new(),
            shape: text(),
            score: Vec::new(),
            value: Vec::new(),
        }
    }

    fn push(&mut self, it: &Observation) {
        for finding in &it.findings {
            self.code.append_value(finding.sighting.code.name());
            self.place.append_value(finding.place.to_string());
            self.bytes.push(finding.bytes);
            self.shape.append_value(finding.sighting.fingerprint.to_string());
            self.score.push(finding.sighting.score);
            self.value.push(finding.value.0);
        }
        self.ends.close(self.value.len());
    }

    fn finish(mut self) -> Result<ArrayRef, ArrowError> {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.code.finish()),
            Arc::new(self.place.finish()),
            Arc::new(UInt32Array::from(self.bytes)),
            Arc::new(self.shape.finish()),
            Arc::new(UInt16Array::from(self.score)),
            Arc::new(UInt64Array::from(self.value)),
        ];
        let values = StructArray::try_new(FINDING.clone(), columns, None)?;
        self.ends.list(DataType::Struct(FINDING.clone()), Arc::new(values))
    }
}

#[derive(Debug)]
struct Hosts {
    ends: Ends,
    side: StringViewBuilder,
    place: StringViewBuilder,
    host: StringViewBuilder,
    own: Vec<bool>,
}

impl Hosts {
    fn new() -> Self {
        let (ends, own) = (Ends::default(), Vec::new());
        Self { ends, side: text(), place: text(), host: text(), own }
    }

    fn push(&mut self, it: &Observation) {
        for pointed in &it.pointed {
            self.side.append_value(pointed.side.name());
            self.place.append_value(pointed.place.to_string());
            self.host.append_value(pointed.host.as_str());
            self.own.push(pointed.is_own);
        }
        self.ends.close(self.own.len());
    }

    fn finish(mut self) -> Result<ArrayRef, ArrowError> {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.side.finish()),
            Arc::new(self.place.finish()),
            Arc::new(self.host.finish()),
            Arc::new(BooleanArray::from(self.own)),
        ];
        let values = StructArray::try_new(POINTED.clone(), columns, None)?;
        self.ends.list(DataType::Struct(POINTED.clone()), Arc::new(values))
    }
}

#[derive(Debug)]
struct Lists {
    ends: Ends,
    side: StringViewBuilder,
    field: Vec<u16>,
    value: Vec<u64>,
}

impl Lists {
    fn new() -> Self {
        Self { ends: Ends::default(), side: text(), field: Vec::new(), value: Vec::new() }
    }

    fn push(&mut self, it: &Observation) {
        for (side, facts) in [(Of::Request, &it.request), (Of::Response, &it.response)] {
            for listed in facts.iter().flat_map(|it| &it.listed) {
                self.side.append_value(side.name());
                self.field.push(listed.field);
                self.value.push(listed.value.0);
            }
        }
        self.ends.close(self.field.len());
    }

    fn finish(mut self) -> Result<ArrayRef, ArrowError> {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.side.finish()),
            Arc::new(UInt16Array::from(self.field)),
            Arc::new(UInt64Array::from(self.value)),
        ];
        let values = StructArray::try_new(LISTED.clone(), columns, None)?;
        self.ends.list(DataType::Struct(LISTED.clone()), Arc::new(values))
    }
}

/// The facts of one side.
#[derive(Debug)]
struct Side {
    ends: Ends,
    place: StringViewBuilder,
    kind: StringViewBuilder,
    bytes: Vec<u32>,
    times: Vec<u16>,
    bucket: Vec<i16>,
    score: Vec<u16>,
    value: Vec<u64>,
    class: StringViewBuilder,
    class_bits: Vec<u8>,
    forms: Vec<u8>,
    shape: Vec<Option<u64>>,
    place_ends: Ends,
    places: StringViewBuilder,
    place_count: usize,
    position_ends: Ends,
    positions: Vec<u16>,
    more: Vec<u16>,
    written: String,
}

impl Side {
    fn new() -> Self {
        Self {
            ends: Ends::default(),
            place: text(),
            kind: text(),
            bytes: Vec::new(),
            times: Vec::new(),
            bucket: Vec::new(),
            score: Vec::new(),
            value: Vec::new(),
            class: text(),
            class_bits: Vec::new(),
            forms: Vec::new(),
            shape: Vec::new(),
            place_ends: Ends::default(),
            places: text(),
            place_count: 0,
            position_ends: Ends::default(),
            positions: Vec::new(),
            more: Vec::new(),
            written: String::new(),
        }
    }

    fn push(&mut self, facts: Option<&Facts>) {
        if let Some(facts) = facts {
            self.push_facts(facts);
        }
        self.shape.push(facts.map(|it| it.shape.id.0));
        self.more.push(facts.map_or(0, |it| it.more));
        self.ends.close(self.value.len());
        self.place_ends.close(self.place_count);
        self.position_ends.close(self.positions.len());
    }

    fn push_facts(&mut self, facts: &Facts) {
        use std::fmt::Write;
        let places = &facts.shape.places;
        let mut in_order = facts.facts.len() == places.len();
        for (n, fact) in facts.facts.iter().enumerate() {
            in_order &= usize::from(fact.field) == n;
            self.written.clear();
            if let Some(place) = places.get(usize::from(fact.field)) {
                // Writing to a string fails never.
                write!(self.written, "{place}").ok();
            }
            self.place.append_value(&self.written);
            self.kind.append_value(fact.kind.name());
            self.bytes.push(fact.bytes);
            self.times.push(fact.times);
            self.bucket.push(fact.bucket);
            self.score.push(fact.score);
            self.value.push(fact.value.0);
            if let Some(own) = facts.own_of(fact) {
                self.class.append_value(own.class.kept());
                self.class_bits.push(own.bits);
            } else {
                self.class.append_value(fact.sign.map_or("", |it| it.class.name()));
                self.class_bits.push(fact.sign.map_or(0, |it| it.bits));
            }
            self.forms.push(fact.forms.bits());
        }
        if !in_order {
            places.iter().for_each(|it| self.places.append_value(it.to_string()));
            self.place_count += places.len();
            self.positions.extend(facts.facts.iter().map(|it| it.field));
        }
    }

    fn finish(mut self, out: &mut Vec<ArrayRef>) -> Result<(), ArrowError> {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.place.finish()),
            Arc::new(self.kind.finish()),
            Arc::new(UInt32Array::from(self.bytes)),
            Arc::new(UInt16Array::from(self.times)),
            Arc::new(Int16Array::from(self.bucket)),
            Arc::new(UInt16Array::from(self.score)),
            Arc::new(UInt64Array::from(self.value)),
            Arc::new(self.class.finish()),
            Arc::new(UInt8Array::from(self.class_bits)),
            Arc::new(UInt8Array::from(self.forms)),
        ];
        let values = StructArray::try_new(FACT.clone(), columns, None)?;
        out.push(self.ends.list(DataType::Struct(FACT.clone()), Arc::new(values))?);
        out.push(Arc::new(UInt64Array::from(self.shape)));
        out.push(self.place_ends.list(DataType::Utf8View, Arc::new(self.places.finish()))?);
        let positions = Arc::new(UInt16Array::from(self.positions));
        out.push(self.position_ends.list(DataType::UInt16, positions)?);
        out.push(Arc::new(UInt16Array::from(self.more)));
        Ok(())
    }
}

/// Identifiers that may be missing, of 16 bytes.
#[derive(Debug)]
struct Ids {
    bytes: FixedSizeBinaryBuilder,
    present: Vec<bool>,
}

impl Ids {
    fn new() -> Self {
        Self { bytes: FixedSizeBinaryBuilder::new(16), present: Vec::new() }
    }

    fn push(&mut self, bits: u128, present: bool) {
        // 16 bytes are what the builder was made for.
        self.bytes.append_value(bits.to_be_bytes()).ok();
        self.present.push(present);
    }

    fn finish(mut self) -> Result<ArrayRef, ArrowError> {
        let (size, values, _) = self.bytes.finish().into_parts();
        let nulls = NullBuffer::from(self.present);
        let nulls = (nulls.null_count() > 0).then_some(nulls);
        Ok(Arc::new(arrow::array::FixedSizeBinaryArray::try_new(size, values, nulls)?))
    }
}

macro_rules! plain {
    ($($column:ident: $type:ty = $of:expr;)*) => {
        /// Columns that are one number for each exchange.
        #[derive(Debug, Default)]
        struct Plain { $($column: Vec<$type>,)* }

        impl Plain {
            fn push(&mut self, it: &Observation) {
                $(let of: fn(&Observation) -> $type = $of; self.$column.push(of(it));)*
            }
        }
    };
}

plain! {
    // Beyond the year 290,000 a time is the last one.
    time: i64 = |it| i64::try_from(it.started.wall_us).unwrap_or(i64::MAX);
    finished: u32 = |it| it.phases.finished_us;
    judged: u32 = |it| it.phases.judged_us;
    forwarded: u32 = |it| it.phases.forwarded_us;
    answered: u32 = |it| it.phases.answered_us;
    status: u16 = |it| it.status;
    verified: bool = |it| it.subject_kind.is_verified();
    head: u32 = |it| it.request_head_bytes;
    request: u64 = |it| it.request_body_bytes;
    response: u64 = |it| it.response_body_bytes;
    revision: u64 = |it| it.revision;
    sql: u16 = |it| it.scores.sql;
    script: u16 = |it| it.scores.script;
    hits_more: u16 = |it| it.hits_more;
    findings_more: u16 = |it| it.findings_more;
    clock: i64 = clock_ns;
    epoch: u16 = |it| it.epoch.0;
    oddity_bits: u64 = |it| number::of_oddities(it.oddities);
    trait_bits: u64 = |it| it.traits.bits();
}

/// What the monotonic clock was ahead of the wall clock: nearly the same for all exchanges of a run.
fn clock_ns(it: &Observation) -> i64 {
    let wall_ns = it.started.wall_us.wrapping_mul(1_000);
    it.started.mono_ns.wrapping_sub(wall_ns).cast_signed()
}

/// The monotonic clock, from what [`clock_ns`] gave.
pub(crate) fn mono_ns(wall_us: u64, clock_ns: i64) -> u64 {
    clock_ns.cast_unsigned().wrapping_add(wall_us.wrapping_mul(1_000))
}

/// Collects rows and gives them as a batch.
#[derive(Debug)]
pub struct Rows {
    plain: Plain,
    id: Ids,
    method: StringViewBuilder,
    version: StringViewBuilder,
    endpoint: StringViewBuilder,
    endpoint_id: StringViewBuilder,
    route: StringViewBuilder,
    outcome: StringViewBuilder,
    effect: StringViewBuilder,
    oddity_ends: Ends,
    oddities: StringViewBuilder,
    oddity_count: usize,
    operation: StringViewBuilder,
    trait_ends: Ends,
    traits: StringViewBuilder,
    trait_count: usize,
    subject: StringViewBuilder,
    subject_kind: StringViewBuilder,
    session: StringViewBuilder,
    client: StringViewBuilder,
    trace: Ids,
    hits: Hits,
    findings: Findings,
    hosts: Hosts,
    listed: Lists,
    request: Side,
    response: Side,
    written: String,
}

impl Default for Rows {
    fn default() -> Self {
        Self {
            plain: Plain::default(),
            id: Ids::new(),
            method: text(),
            version: text(),
            endpoint: text(),
            endpoint_id: text(),
            route: text(),
            outcome: text(),
            effect: text(),
            oddity_ends: Ends::default(),
            oddities: text(),
            oddity_count: 0,
            operation: text(),
            trait_ends: Ends::default(),
            traits: text(),
            trait_count: 0,
            subject: text(),
            subject_kind: text(),
            session: text(),
            client: text(),
            trace: Ids::new(),
            hits: Hits::new(),
            findings: Findings::new(),
            hosts: Hosts::new(),
            listed: Lists::new(),
            request: Side::new(),
            response: Side::new(),
            written: String::new(),
        }
    }
}

impl Rows {
    /// Rows so far.
    pub fn len(&self) -> usize {
        self.plain.time.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.plain.time.is_empty()
    }

    /// Adds the row of an exchange.
    pub fn push(&mut self, it: &Observation) {
        use std::fmt::Write;
        self.plain.push(it);
        self.id.push(it.id.bits(), true);
        self.method.append_value(it.method.name());
        self.version.append_value(version(it.version));
        let mut written = |into: &mut StringViewBuilder, args: std::fmt::Arguments<'_>| {
            self.written.clear();
            // Writing to a string fails never.
            self.written.write_fmt(args).ok();
            into.append_value(&self.written);
        };
        written(&mut self.endpoint, format_args!("{} {}", it.method.name(), it.template));
        written(&mut self.endpoint_id, format_args!("{:016x}", it.endpoint.bits()));
        written(&mut self.subject, format_args!("{:032x}", it.subject.0));
        for (into, hash) in [(&mut self.session, it.session.0), (&mut self.client, it.client.0)] {
            match hash {
                0 => into.append_null(),
                hash => written(into, format_args!("{hash:016x}")),
            }
        }
        self.route.append_value(&it.route);
        self.outcome.append_value(it.outcome.name());
        self.effect.append_option(gravest(it).map(Effect::name));
        for oddity in it.oddities.iter() {
            self.oddities.append_value(oddity.code().name());
            self.oddity_count += 1;
        }
        self.oddity_ends.close(self.oddity_count);
        self.operation.append_option(Some(&*it.operation).filter(|it| !it.is_empty()));
        for it in it.traits.iter() {
            self.traits.append_value(it.name());
            self.trait_count += 1;
        }
        self.trait_ends.close(self.trait_count);
        self.subject_kind.append_value(it.subject_kind.name());
        self.trace.push(it.trace.0, it.trace.0 != 0);
        self.hits.push(it);
        self.findings.push(it);
        self.hosts.push(it);
        self.listed.push(it);
        self.request.push(it.request.as_ref());
        self.response.push(it.response.as_ref());
    }

    /// The rows as a batch.
    ///
    /// # Errors
    ///
    /// If the columns do not fit the schema, which a test rules out.
    pub fn finish(mut self) -> Result<RecordBatch, ArrowError> {
        let plain = self.plain;
        let time = TimestampMicrosecondArray::from(plain.time).with_timezone("UTC");
        let mut columns: Vec<ArrayRef> = vec![
            self.id.finish()?,
            Arc::new(time),
            Arc::new(UInt32Array::from(plain.finished)),
            Arc::new(UInt32Array::from(plain.judged)),
            Arc::new(UInt32Array::from(plain.forwarded)),
            Arc::new(UInt32Array::from(plain.answered)),
            Arc::new(self.method.finish()),
            Arc::new(self.version.finish()),
            Arc::new(self.endpoint.finish()),
            Arc::new(self.endpoint_id.finish()),
            Arc::new(self.route.finish()),
            Arc::new(UInt16Array::from(plain.status)),
            Arc::new(self.outcome.finish()),
            Arc::new(self.effect.finish()),
            self.oddity_ends.list(DataType::Utf8View, Arc::new(self.oddities.finish()))?,
            Arc::new(self.subject.finish()),
            Arc::new(self.subject_kind.finish()),
            Arc::new(BooleanArray::from(plain.verified)),
            Arc::new(self.session.finish()),
            Arc::new(self.client.finish()),
            self.trace.finish()?,
            Arc::new(UInt32Array::from(plain.head)),
            Arc::new(UInt64Array::from(plain.request)),
            Arc::new(UInt64Array::from(plain.response)),
            Arc::new(UInt64Array::from(plain.revision)),
            Arc::new(UInt16Array::from(plain.sql)),
            Arc::new(UInt16Array::from(plain.script)),
            self.hits.finish()?,
            Arc::new(UInt16Array::from(plain.hits_more)),
            self.findings.finish()?,
            Arc::new(UInt16Array::from(plain.findings_more)),
            Arc::new(Int64Array::from(plain.clock)),
            Arc::new(UInt16Array::from(plain.epoch)),
            Arc::new(UInt64Array::from(plain.oddity_bits)),
            Arc::new(self.operation.finish()),
            self.trait_ends.list(DataType::Utf8View, Arc::new(self.traits.finish()))?,
            Arc::new(UInt64Array::from(plain.trait_bits)),
            self.hosts.finish()?,
            self.listed.finish()?,
        ];
        self.request.finish(&mut columns)?;
        self.response.finish(&mut columns)?;
        RecordBatch::try_new(schema(), columns)
    }
}
