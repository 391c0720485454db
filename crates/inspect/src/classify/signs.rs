//! Signs: what one value shows, and how much that weighs.

use bartizan_model::data_class::DataClass;

/// Classes that one value can show; further ones are dropped, which are the weaker ones as recognisers go from strict to loose.
pub(super) const SIGNS_MAX: usize = 12;

/// What one value shows: classes, each with bits. A bit is one halving of the chance that a value of another kind
/// would pass as well.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Signs {
    all: [Option<(DataClass, u8)>; SIGNS_MAX],
    count: usize,
}

impl Signs {
    /// Notes a class; of the same class the greater weight counts.
    pub(super) fn note(&mut self, class: DataClass, bits: u8) {
        let noted = self.all.iter_mut().take(self.count).flatten();
        if let Some((_, before)) = noted.into_iter().find(|(it, _)| *it == class) {
            *before = bits.max(*before);
        } else if let Some(slot) = self.all.get_mut(self.count) {
            *slot = Some((class, bits));
            self.count += 1;
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (DataClass, u8)> {
        self.all.iter().take(self.count).flatten().copied()
    }

    pub(super) fn has(&self, class: DataClass) -> bool {
        self.iter().any(|(it, _)| it == class)
    }
}
