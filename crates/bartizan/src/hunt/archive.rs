//! What is kept, as hunts want it: sealed segments and the journal behind them.

use arrow::datatypes::Schema;
use bartizan_hunt::source::{Archive, Batches, Bytes, Filler, Readable, SegmentInfo};
use bartizan_store::segments::columns;
use bartizan_store::segments::earlier::Earlier;
use bartizan_store::segments::held::Held;
use bartizan_store::segments::open::ReadAt;
use std::io;
use std::sync::Arc;

/// What is kept, as hunts want it.
#[derive(Debug)]
pub(super) struct Kept(pub(super) Held);

struct Open(Arc<dyn ReadAt>);

impl Readable for Open {
    fn length(&self) -> u64 {
        self.0.length()
    }

    fn bytes(&self, start: u64, length: usize) -> io::Result<Bytes> {
        self.0.bytes(start, length)
    }

    fn will_need(&self, start: u64, length: u64) {
        self.0.will_need(start, length);
    }
}

impl Archive for Kept {
    fn schema(&self) -> arrow::datatypes::SchemaRef {
        columns::schema()
    }

    fn held(&self) -> io::Result<bartizan_hunt::source::Held> {
        let now = self.0.now().map_err(io::Error::other)?;
        let info = |it: &bartizan_store::segments::catalogue::Entry| SegmentInfo {
            number: it.number,
            rows: it.rows,
            min_us: it.min_us,
            max_us: it.max_us,
        };
        let segments = now.contents.entries.values().map(info).collect();
        let journal = now.journal.iter().map(|it| it.number()).collect();
        Ok(bartizan_hunt::source::Held { segments, journal })
    }

    fn segment(&self, number: u64) -> io::Result<Option<Arc<dyn Readable>>> {
        let segment = self.0.segment(number).map_err(io::Error::other)?;
        Ok(segment.map(|it| Arc::new(Open(it.plain())) as Arc<dyn Readable>))
    }

    fn filler(&self, file: &Schema) -> Option<Filler> {
        let earlier = Earlier::of(file)?;
        Some(Arc::new(move |batch| earlier.fill(batch)))
    }

    fn journal(&self, number: u64) -> io::Result<Batches> {
        let Some(segment) = self.0.journal_numbered(number) else {
            return Ok(Box::new(std::iter::empty()));
        };
        Ok(Box::new(self.0.journal(segment).map(|it| it.map_err(io::Error::other))))
    }
}
