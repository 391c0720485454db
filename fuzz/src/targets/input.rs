//! How a target takes its bytes apart.

/// Bytes that are not used yet.
pub(super) struct Input<'a>(pub(super) &'a [u8]);

impl<'a> Input<'a> {
    /// The next byte; 0 at the end.
    pub(super) fn byte(&mut self) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        first
    }

    /// One of these, chosen by the next byte.
    pub(super) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::from(self.byte()) % of.len()]
    }

    /// What stands before the next `separator`, which is taken too; all of it if there is none.
    pub(super) fn until(&mut self, separator: u8) -> &'a [u8] {
        let end = self.0.iter().position(|&it| it == separator).unwrap_or(self.0.len());
        let found = &self.0[..end];
        self.0 = self.0.get(end + 1..).unwrap_or_default();
        found
    }
}

/// `text` in pieces whose lengths follow from `seed`: one byte to about thirty.
pub(super) fn pieces(text: &[u8], seed: u8) -> Vec<&[u8]> {
    let (mut rest, mut all, mut state) = (text, Vec::new(), u32::from(seed));
    while !rest.is_empty() {
        state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        let length = match seed {
            0 => 1,
            _ => (state >> 16) as usize % 31 + 1,
        };
        let (piece, behind) = rest.split_at(length.min(rest.len()));
        all.push(piece);
        rest = behind;
    }
    all
}
