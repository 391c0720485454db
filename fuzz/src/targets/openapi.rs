//! Descriptions of APIs: within their limits, and what is written of one is read again, and written the same.

use bartizan_spec::{
    Description, Format, Limits, Options, Version, no_files, read, read_postman, write,
};

pub(super) fn run(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let limits = Limits {
        nodes_max: 20_000,
        copied_bytes_max: 1 << 16,
        schemas_max: 2_000,
        operations_max: 200,
        diagnostics_max: 64,
        ..Limits::default()
    };
    drop(read_postman(text, &limits));
    let Ok(reading) = read(text, "api.yaml", &no_files, &limits) else { return };
    assert!(reading.diagnostics.list().len() <= limits.diagnostics_max);
    assert!(reading.api.operations.len() <= limits.operations_max);
    assert_eq!(reading.operations.len(), reading.api.operations.len());
    drop(Description::of(&reading.api));
    let options = Options { version: Version::V31, format: Format::Json };
    let first = write(&reading.api, options).text;
    let again = read(&first, "api.json", &no_files, &Limits::default());
    let again = again.unwrap_or_else(|fault| panic!("not read again: {fault:?}\n{first}"));
    let second = write(&again.api, options).text;
    assert_eq!(first, second);
}
