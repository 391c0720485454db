//! Reads the rows of a sealed segment back to observations.
//!
//! Reads    batches with the columns of `columns.rs`.
//! Memory   the texts and shapes of one segment once.
//! Errors   [`NotARow`]: a column is missing or of another type, or names what this program does not know.

use super::columns::{mono_ns, version};
use crate::number;
use arrow::array::{
    Array, AsArray, BooleanArray, FixedSizeBinaryArray, ListArray, PrimitiveArray, RecordBatch,
    StringViewArray, StructArray,
};
use arrow::datatypes::{
    ArrowPrimitiveType, Int16Type, Int64Type, TimestampMicrosecondType, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use bartizan_model::clause::{Effect, Hit};
use bartizan_model::code::Code;
use bartizan_model::evidence::{Finding, Fingerprint, Sighting};
use bartizan_model::fact::{Fact, Facts, Forms, Kind, Listed, Shape, ShapeId, Sign};
use bartizan_model::head::{Method, Version};
use bartizan_model::host::{self, Pointed};
use bartizan_model::id::{EndpointId, ExchangeId, KeyEpoch, KeyedHash, SubjectId};
use bartizan_model::moment::Moment;
use bartizan_model::observation::{
    ClassScores, Observation, Outcome, Phases, SubjectKind, TraceId,
};
use bartizan_model::own_class::OwnSign;
use bartizan_model::place::Place;
use bartizan_model::traits::Traits;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// A batch does not hold what a segment holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotARow {
    /// The column.
    pub column: &'static str,
}

impl fmt::Display for NotARow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column `{}` is missing, or not what this program reads", self.column)
    }
}

impl std::error::Error for NotARow {}

/// Texts and shapes that many rows share.
#[derive(Debug, Default)]
pub struct Shared {
    texts: HashMap<String, Arc<str>>,
    shapes: HashMap<u64, Vec<Arc<Shape>>>,
}

/// Texts and shapes that are remembered; then they are collected anew.
const SHARED_MAX: usize = 65_536;

impl Shared {
    fn text(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.texts.get(text) {
            return Arc::clone(known);
        }
        if self.texts.len() >= SHARED_MAX {
            self.texts.clear();
        }
        let shared: Arc<str> = text.into();
        self.texts.insert(text.to_owned(), Arc::clone(&shared));
        shared
    }

    fn shape(&mut self, id: u64, places: Vec<Place>) -> Arc<Shape> {
        if self.shapes.len() >= SHARED_MAX {
            self.shapes.clear();
        }
        let known = self.shapes.entry(id).or_default();
        if let Some(shape) = known.iter().find(|it| it.places == places) {
            return Arc::clone(shape);
        }
        let shape = Arc::new(Shape { id: ShapeId(id), places });
        if known.len() < 4 {
            known.push(Arc::clone(&shape));
        }
        shape
    }
}

/// The observations in a batch.
///
/// # Errors
///
/// [`NotARow`].
pub fn observations(batch: &RecordBatch, shared: &mut Shared) -> Result<Vec<Observation>, NotARow> {
    let columns = Columns::of(batch)?;
    (0..batch.num_rows()).map(|row| columns.row(row, shared)).collect()
}

type Column<'a, T> = (&'static str, &'a PrimitiveArray<T>);

fn found<'a>(batch: &'a RecordBatch, column: &'static str) -> Result<&'a dyn Array, NotARow> {
    batch.column_by_name(column).map(AsRef::as_ref).ok_or(NotARow { column })
}

fn number<'a, T: ArrowPrimitiveType>(
    batch: &'a RecordBatch,
    column: &'static str,
) -> Result<Column<'a, T>, NotARow> {
    found(batch, column)?.as_primitive_opt().map(|it| (column, it)).ok_or(NotARow { column })
}

fn text<'a>(batch: &'a RecordBatch, column: &'static str) -> Result<Texts<'a>, NotARow> {
    let values = found(batch, column)?.as_string_view_opt().ok_or(NotARow { column })?;
    Ok(Texts { column, values })
}

fn bytes<'a>(
    batch: &'a RecordBatch,
    column: &'static str,
) -> Result<&'a FixedSizeBinaryArray, NotARow> {
    let values = found(batch, column)?.as_fixed_size_binary_opt();
    values.filter(|it| it.value_length() == 16).ok_or(NotARow { column })
}

#[derive(Clone, Copy)]
struct Texts<'a> {
    column: &'static str,
    values: &'a StringViewArray,
}

impl<'a> Texts<'a> {
    fn get(self, row: usize) -> Option<&'a str> {
        self.values.is_valid(row).then(|| self.values.value(row))
    }

    /// The value that `of` reads out of the text.
    fn is<T>(self, row: usize, of: impl FnOnce(&str) -> Option<T>) -> Result<T, NotARow> {
        self.get(row).and_then(of).ok_or(NotARow { column: self.column })
    }

    fn hash(self, row: usize) -> Result<KeyedHash, NotARow> {
        match self.get(row) {
            None => Ok(KeyedHash(0)),
            Some(text) => hex64(text).map(KeyedHash).ok_or(NotARow { column: self.column }),
        }
    }
}

fn hex64(text: &str) -> Option<u64> {
    u64::from_str_radix(text, 16).ok()
}

fn bits(values: &FixedSizeBinaryArray, row: usize) -> u128 {
    if values.is_null(row) {
        return 0;
    }
    values.value(row).try_into().map_or(0, u128::from_be_bytes)
}

/// A list of structures, and the rows of one list.
struct Lists<'a> {
    column: &'static str,
    list: &'a ListArray,
    values: Option<&'a StructArray>,
}

impl<'a> Lists<'a> {
    fn of(batch: &'a RecordBatch, column: &'static str) -> Result<Self, NotARow> {
        let list = found(batch, column)?.as_list_opt::<i32>().ok_or(NotARow { column })?;
        Ok(Self { column, list, values: list.values().as_struct_opt() })
    }

    fn range(&self, row: usize) -> std::ops::Range<usize> {
        let ends = self.list.value_offsets();
        let at = |n: usize| ends.get(n).and_then(|it| usize::try_from(*it).ok()).unwrap_or(0);
        at(row)..at(row + 1)
    }

    fn inner(&self, name: &str) -> Result<&'a dyn Array, NotARow> {
        let values = self.values.and_then(|it| it.column_by_name(name));
        values.map(AsRef::as_ref).ok_or(NotARow { column: self.column })
    }

    fn number<T: ArrowPrimitiveType>(&self, name: &str) -> Result<&'a PrimitiveArray<T>, NotARow> {
        self.inner(name)?.as_primitive_opt().ok_or(NotARow { column: self.column })
    }

    fn text(&self, name: &str) -> Result<Texts<'a>, NotARow> {
        let column = self.column;
        let values = self.inner(name)?.as_string_view_opt().ok_or(NotARow { column })?;
        Ok(Texts { column, values })
    }
}

struct Hits<'a> {
    lists: Lists<'a>,
    code: Texts<'a>,
    effect: Texts<'a>,
    margin: &'a PrimitiveArray<UInt16Type>,
}

impl<'a> Hits<'a> {
    fn of(batch: &'a RecordBatch) -> Result<Self, NotARow> {
        let lists = Lists::of(batch, "hits")?;
        let (code, effect) = (lists.text("code")?, lists.text("effect")?);
        Ok(Self { margin: lists.number("margin")?, lists, code, effect })
    }

    fn row(&self, row: usize) -> Result<Vec<Hit>, NotARow> {
        let hit = |at| {
            Ok(Hit {
                code: self.code.is(at, |it| it.parse().ok())?,
                effect: self.effect.is(at, |it| named(Effect::ALL, it, |it| it.name()))?,
                margin: self.margin.value(at),
            })
        };
        self.lists.range(row).map(hit).collect()
    }
}

fn named<T: Copy>(all: &[T], text: &str, name: impl Fn(T) -> &'static str) -> Option<T> {
    all.iter().copied().find(|it| name(*it) == text)
}

struct Findings<'a> {
    lists: Lists<'a>,
    code: Texts<'a>,
    place: Texts<'a>,
    bytes: &'a PrimitiveArray<UInt32Type>,
    shape: Texts<'a>,
    score: &'a PrimitiveArray<UInt16Type>,
    value: &'a PrimitiveArray<UInt64Type>,
}

impl<'a> Findings<'a> {
    fn of(batch: &'a RecordBatch) -> Result<Self, NotARow> {
        let lists = Lists::of(batch, "findings")?;
        Ok(Self {
            code: lists.text("code")?,
            place: lists.text("place")?,
            bytes: lists.number("bytes")?,
            shape: lists.text("shape")?,
            score: lists.number("score")?,
            value: lists.number("value")?,
            lists,
        })
    }

    fn row(&self, row: usize) -> Result<Vec<Finding>, NotARow> {
        let finding = |at| {
            let code: Code = self.code.is(at, |it| it.parse().ok())?;
            let fingerprint = self.shape.is(at, |it| Some(Fingerprint::new(it.as_bytes())))?;
            let sighting = Sighting { code, score: self.score.value(at), fingerprint };
            let place = self.place.is(at, place)?;
            let (bytes, value) = (self.bytes.value(at), KeyedHash(self.value.value(at)));
            Ok(Finding { sighting, place, bytes, value })
        };
        self.lists.range(row).map(finding).collect()
    }
}

struct Hosts<'a> {
    lists: Lists<'a>,
    side: Texts<'a>,
    place: Texts<'a>,
    host: Texts<'a>,
    own: &'a BooleanArray,
}

impl<'a> Hosts<'a> {
    fn of(batch: &'a RecordBatch) -> Result<Self, NotARow> {
        let lists = Lists::of(batch, "hosts")?;
        Ok(Self {
            side: lists.text("side")?,
            place: lists.text("place")?,
            host: lists.text("host")?,
            own: lists.inner("own")?.as_boolean_opt().ok_or(NotARow { column: "hosts" })?,
            lists,
        })
    }

    fn row(&self, row: usize) -> Result<Vec<Pointed>, NotARow> {
        let pointed = |at| {
            Ok(Pointed {
                side: self.side.is(at, side)?,
                place: self.place.is(at, place)?,
                host: self.host.is(at, |it| it.parse().ok())?,
                is_own: self.own.value(at),
            })
        };
        self.lists.range(row).map(pointed).collect()
    }
}

struct Listing<'a> {
    lists: Lists<'a>,
    side: Texts<'a>,
    field: &'a PrimitiveArray<UInt16Type>,
    value: &'a PrimitiveArray<UInt64Type>,
}

impl<'a> Listing<'a> {
    fn of(batch: &'a RecordBatch) -> Result<Self, NotARow> {
        let lists = Lists::of(batch, "listed")?;
        let (field, value) = (lists.number("field")?, lists.number("value")?);
        Ok(Self { side: lists.text("side")?, field, value, lists })
    }

    /// Fills in the further values of a row's lists.
    fn fill(&self, row: usize, it: &mut Observation) -> Result<(), NotARow> {
        for at in self.lists.range(row) {
            let into = match self.side.is(at, side)? {
                host::Side::Request => &mut it.request,
                host::Side::Response => &mut it.response,
            };
            let value = KeyedHash(self.value.value(at));
            if let Some(facts) = into {
                facts.listed.push(Listed { field: self.field.value(at), value });
            }
        }
        Ok(())
    }
}

fn side(text: &str) -> Option<host::Side> {
    [host::Side::Request, host::Side::Response].into_iter().find(|it| it.name() == text)
}

/// A place as it was written. Names may be empty, and paths may begin with anything: clients send such.
fn place(text: &str) -> Option<Place> {
    match text.split_once(' ') {
        Some(("query", name)) => Some(Place::Query(name.to_owned())),
        Some(("header", name)) => Some(Place::Header(name.to_owned())),
        Some(("cookie", name)) => Some(Place::Cookie(name.to_owned())),
        Some(("body", path)) => Some(Place::Body(path.to_owned())),
        Some(_) | None => text.parse().ok(),
    }
}

struct Side<'a> {
    lists: Lists<'a>,
    place: Texts<'a>,
    kind: Texts<'a>,
    bytes: &'a PrimitiveArray<UInt32Type>,
    times: &'a PrimitiveArray<UInt16Type>,
    bucket: &'a PrimitiveArray<Int16Type>,
    score: &'a PrimitiveArray<UInt16Type>,
    value: &'a PrimitiveArray<UInt64Type>,
    class: Texts<'a>,
    class_bits: &'a PrimitiveArray<UInt8Type>,
    forms: &'a PrimitiveArray<UInt8Type>,
    shape: Column<'a, UInt64Type>,
    places: Lists<'a>,
    places_text: Texts<'a>,
    positions: Lists<'a>,
    position: &'a PrimitiveArray<UInt16Type>,
    more: Column<'a, UInt16Type>,
}

/// Names of the columns of one side.
struct SideNames {
    facts: &'static str,
    shape: &'static str,
    places: &'static str,
    positions: &'static str,
    more: &'static str,
}

const REQUEST: SideNames = SideNames {
    facts: "request_facts",
    shape: "request_shape",
    places: "request_places",
    positions: "request_positions",
    more: "request_more",
};
const RESPONSE: SideNames = SideNames {
    facts: "response_facts",
    shape: "response_shape",
    places: "response_places",
    positions: "response_positions",
    more: "response_more",
};

impl<'a> Side<'a> {
    fn of(batch: &'a RecordBatch, names: &SideNames) -> Result<Self, NotARow> {
        let lists = Lists::of(batch, names.facts)?;
        let places = Lists::of(batch, names.places)?;
        let positions = Lists::of(batch, names.positions)?;
        let column = names.places;
        let values = places.list.values().as_string_view_opt().ok_or(NotARow { column })?;
        let column = names.positions;
        let position = positions.list.values().as_primitive_opt().ok_or(NotARow { column })?;
        Ok(Self {
            place: lists.text("place")?,
            kind: lists.text("kind")?,
            bytes: lists.number("bytes")?,
            times: lists.number("times")?,
            bucket: lists.number("bucket")?,
            score: lists.number("score")?,
            value: lists.number("value")?,
            class: lists.text("class")?,
            class_bits: lists.number("class_bits")?,
            forms: lists.number("forms")?,
            lists,
            shape: number(batch, names.shape)?,
            places_text: Texts { column: names.places, values },
            places,
            positions,
            position,
            more: number(batch, names.more)?,
        })
    }

    /// Of a class that this program does not know, nothing is.
    fn sign(&self, at: usize) -> Option<Sign> {
        let class = self.class.get(at)?.parse().ok()?;
        Some(Sign { class, bits: self.class_bits.value(at) })
    }

    fn own_sign(&self, at: usize, field: u16) -> Option<OwnSign> {
        let class = self.class.get(at)?.parse().ok()?;
        Some(OwnSign { field, class, bits: self.class_bits.value(at) })
    }

    fn row(&self, row: usize, shared: &mut Shared) -> Result<Option<Facts>, NotARow> {
        if self.shape.1.is_null(row) {
            return Ok(None);
        }
        let rows = self.lists.range(row);
        let places = match self.places.range(row) {
            range if range.is_empty() => {
                rows.clone().map(|at| self.place.is(at, place)).collect::<Result<_, _>>()?
            }
            range => range.map(|at| self.places_text.is(at, place)).collect::<Result<_, _>>()?,
        };
        let positions = self.positions.range(row);
        let (mut facts, mut own) = (Vec::with_capacity(rows.len()), Vec::new());
        for (n, at) in rows.enumerate() {
            let field = match positions.clone().nth(n) {
                Some(place) => self.position.value(place),
                None => u16::try_from(n).unwrap_or(u16::MAX),
            };
            own.extend(self.own_sign(at, field));
            facts.push(Fact {
                field,
                kind: self.kind.is(at, |it| named(Kind::ALL, it, |it| it.name()))?,
                forms: Forms::from_bits(self.forms.value(at)),
                sign: self.sign(at),
                times: self.times.value(at),
                bucket: self.bucket.value(at),
                score: self.score.value(at),
                bytes: self.bytes.value(at),
                value: KeyedHash(self.value.value(at)),
            });
        }
        let shape = shared.shape(self.shape.1.value(row), places);
        Ok(Some(Facts { shape, facts, more: self.more.1.value(row), own, listed: Vec::new() }))
    }
}

/// The columns of a batch.
struct Columns<'a> {
    id: &'a FixedSizeBinaryArray,
    time: Column<'a, TimestampMicrosecondType>,
    finished: Column<'a, UInt32Type>,
    judged: Column<'a, UInt32Type>,
    forwarded: Column<'a, UInt32Type>,
    answered: Column<'a, UInt32Type>,
    method: Texts<'a>,
    version: Texts<'a>,
    endpoint: Texts<'a>,
    endpoint_id: Texts<'a>,
    route: Texts<'a>,
    status: Column<'a, UInt16Type>,
    outcome: Texts<'a>,
    subject: Texts<'a>,
    subject_kind: Texts<'a>,
    session: Texts<'a>,
    client: Texts<'a>,
    trace: &'a FixedSizeBinaryArray,
    head: Column<'a, UInt32Type>,
    request_bytes: Column<'a, UInt64Type>,
    response_bytes: Column<'a, UInt64Type>,
    revision: Column<'a, UInt64Type>,
    sql: Column<'a, UInt16Type>,
    script: Column<'a, UInt16Type>,
    hits: Hits<'a>,
    hits_more: Column<'a, UInt16Type>,
    findings: Findings<'a>,
    findings_more: Column<'a, UInt16Type>,
    hosts: Hosts<'a>,
    listed: Listing<'a>,
    clock: Column<'a, Int64Type>,
    epoch: Column<'a, UInt16Type>,
    oddity_bits: Column<'a, UInt64Type>,
    operation: Texts<'a>,
    trait_bits: Column<'a, UInt64Type>,
    request: Side<'a>,
    response: Side<'a>,
}

impl<'a> Columns<'a> {
    fn of(batch: &'a RecordBatch) -> Result<Self, NotARow> {
        Ok(Self {
            id: bytes(batch, "id")?,
            time: number(batch, "time")?,
            finished: number(batch, "finished_us")?,
            judged: number(batch, "judged_us")?,
            forwarded: number(batch, "forwarded_us")?,
            answered: number(batch, "answered_us")?,
            method: text(batch, "method")?,
            version: text(batch, "version")?,
            endpoint: text(batch, "endpoint")?,
            endpoint_id: text(batch, "endpoint_id")?,
            route: text(batch, "route")?,
            status: number(batch, "status")?,
            outcome: text(batch, "outcome")?,
            subject: text(batch, "subject")?,
            subject_kind: text(batch, "subject_kind")?,
            session: text(batch, "session")?,
            client: text(batch, "client")?,
            trace: bytes(batch, "trace")?,
            head: number(batch, "request_head_bytes")?,
            request_bytes: number(batch, "request_bytes")?,
            response_bytes: number(batch, "response_bytes")?,
            revision: number(batch, "revision")?,
            sql: number(batch, "sql_score")?,
            script: number(batch, "script_score")?,
            hits: Hits::of(batch)?,
            hits_more: number(batch, "hits_more")?,
            findings: Findings::of(batch)?,
            findings_more: number(batch, "findings_more")?,
            hosts: Hosts::of(batch)?,
            listed: Listing::of(batch)?,
            clock: number(batch, "clock_ns")?,
            epoch: number(batch, "key_epoch")?,
            oddity_bits: number(batch, "oddity_bits")?,
            operation: text(batch, "operation")?,
            trait_bits: number(batch, "trait_bits")?,
            request: Side::of(batch, &REQUEST)?,
            response: Side::of(batch, &RESPONSE)?,
        })
    }

    fn row(&self, row: usize, shared: &mut Shared) -> Result<Observation, NotARow> {
        let wall_us = self.time.1.value(row).cast_unsigned();
        let started = Moment { mono_ns: mono_ns(wall_us, self.clock.1.value(row)), wall_us };
        let id = ExchangeId::from_bits(bits(self.id, row));
        let method = self.method.is(row, |it| Some(Method::of(it.as_bytes())))?;
        let template =
            self.endpoint.is(row, |it| it.split_once(' ').map(|it| shared.text(it.1)))?;
        let of_outcome = |it: &str| named(Outcome::ALL, it, |it| it.name());
        let of_kind = |it: &str| named(SubjectKind::ALL, it, |it| it.name());
        let mut it = Observation {
            id,
            started,
            phases: Phases {
                judged_us: self.judged.1.value(row),
                forwarded_us: self.forwarded.1.value(row),
                answered_us: self.answered.1.value(row),
                finished_us: self.finished.1.value(row),
            },
            revision: self.revision.1.value(row),
            endpoint: EndpointId::from_bits(self.endpoint_id.is(row, hex64)?),
            template,
            route: self.route.is(row, |it| Some(shared.text(it)))?,
            subject: self.subject.is(row, |it| u128::from_str_radix(it, 16).ok()).map(SubjectId)?,
            subject_kind: self.subject_kind.is(row, of_kind)?,
            session: self.session.hash(row)?,
            client: self.client.hash(row)?,
            cohort: KeyedHash(0),
            trace: TraceId(bits(self.trace, row)),
            epoch: KeyEpoch(self.epoch.1.value(row)),
            method,
            version: self.version.is(row, of_version)?,
            outcome: self.outcome.is(row, of_outcome)?,
            status: self.status.1.value(row),
            request_head_bytes: self.head.1.value(row),
            request_body_bytes: self.request_bytes.1.value(row),
            response_body_bytes: self.response_bytes.1.value(row),
            oddities: number::oddities(self.oddity_bits.1.value(row)),
            hits: self.hits.row(row)?,
            hits_more: self.hits_more.1.value(row),
            findings: self.findings.row(row)?,
            findings_more: self.findings_more.1.value(row),
            scores: ClassScores { sql: self.sql.1.value(row), script: self.script.1.value(row) },
            traits: Traits::from_bits(self.trait_bits.1.value(row)),
            operation: self.operation.get(row).map(|it| shared.text(it)).unwrap_or_default(),
            pointed: self.hosts.row(row)?,
            request: self.request.row(row, shared)?,
            response: self.response.row(row, shared)?,
        };
        self.listed.fill(row, &mut it)?;
        Ok(it)
    }
}

fn of_version(text: &str) -> Option<Version> {
    [Version::Http10, Version::Http11, Version::Http2].into_iter().find(|it| version(*it) == text)
}
