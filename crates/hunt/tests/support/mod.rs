//! The port over a real directory, for tests and the benchmark. The product's is in `bartizan`.

use bartizan_hunt::source::{Archive, Batches, Bytes, Filler, Held, Readable, SegmentInfo};
use bartizan_store::segments::catalogue::Entry;
use bartizan_store::segments::columns;
use bartizan_store::segments::earlier::Earlier;
use bartizan_store::segments::held;
use bartizan_store::segments::key::{KEY_BYTES, KeyRing, MasterKey};
use bartizan_store::segments::open::ReadAt;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use std::io;
use std::path::Path;
use std::sync::Arc;

/// The key of all tests.
pub(crate) fn keys() -> KeyRing {
    let key = MasterKey::new(&[7; KEY_BYTES]);
    KeyRing::new(key.expect("32 bytes are a key"), Vec::new())
}

/// What is kept in a directory.
pub(crate) fn kept(dir: &Path) -> Kept {
    Kept(held::Held::at(&dir.join("segments"), &dir.join("journal"), Some(keys())))
}

/// What is kept, as hunts want it.
pub(crate) struct Kept(pub(crate) held::Held);

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
    fn schema(&self) -> SchemaRef {
        columns::schema()
    }

    fn held(&self) -> io::Result<Held> {
        let now = self.0.now().map_err(io::Error::other)?;
        let info = |it: &Entry| SegmentInfo {
            number: it.number,
            rows: it.rows,
            min_us: it.min_us,
            max_us: it.max_us,
        };
        let segments = now.contents.entries.values().map(info).collect();
        let journal = now.journal.iter().map(|it| it.number()).collect();
        Ok(Held { segments, journal })
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
