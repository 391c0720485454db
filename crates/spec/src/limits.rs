//! How much of a document is read.

/// Bounds of reading. The defaults hold the largest public descriptions several times over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one file.
    pub file_bytes_max: usize,
    /// Files that a description consists of.
    pub files_max: usize,
    /// Levels of lists and mappings in a file.
    pub depth_max: usize,
    /// Values in all files together, copies by aliases included.
    pub nodes_max: usize,
    /// Bytes that aliases and merge keys of all files may copy.
    pub copied_bytes_max: usize,
    /// Schemas that are made of them. A response that many operations refer to counts for each. One takes
    /// 720 bytes, and up to 8 KiB if it is the only property of an object.
    pub schemas_max: usize,
    /// Operations.
    pub operations_max: usize,
    /// Diagnostics that are kept; the others are counted.
    pub diagnostics_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes_max: 32 << 20,
            files_max: 512,
            depth_max: 128,
            nodes_max: 2_000_000,
            copied_bytes_max: 64 << 20,
            schemas_max: 400_000,
            operations_max: 50_000,
            diagnostics_max: 1_000,
        }
    }
}
