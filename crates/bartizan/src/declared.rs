//! Descriptions that somebody gave: what APIs say of themselves.
//!
//! Reads    OpenAPI documents with the files beside them, collections of Postman; what was kept before.
//! Writes   one file for each service below `described/` in the data directory.
//! Memory   one description; [`SERVICES_MAX`] of them where all are asked for.
//! Errors   a message.
//! Misses   files that are not in the folder of the description, or below it; nothing is fetched.

use bartizan_model::api::Api;
use bartizan_model::id::EndpointId;
use bartizan_spec::{
    Diagnostics, Format, Limits, Options, Version, no_files, read, read_postman, write,
};
use bartizan_store::document;
use bartizan_store::files::{Files, Folder};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Name of their folder in the data directory.
pub(crate) const FOLDER: &str = "described";
/// Descriptions that are kept.
pub(crate) const SERVICES_MAX: usize = 64;
/// Bytes of a description that is read.
const BYTES_MAX: u64 = 64 << 20;

/// The description of one service.
#[derive(Clone, Debug)]
pub(crate) struct Declared {
    /// The service.
    pub(crate) service: String,
    /// Which file it was.
    pub(crate) source: String,
    /// When it was given, in microseconds since 1970.
    pub(crate) at_us: u64,
    /// What it says.
    pub(crate) api: Api,
}

/// How a description is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notation {
    /// OpenAPI 3.0 to 3.2, or Swagger 2.0.
    OpenApi,
    /// A collection of Postman.
    Postman,
}

/// Reads the description in a file, and what was odd about it.
pub(crate) fn of_file(path: &Path, notation: Notation) -> Result<(Api, Diagnostics), String> {
    let text = text_of(path)?;
    let limits = Limits::default();
    match notation {
        Notation::Postman => {
            let it = read_postman(&text, &limits).map_err(|error| error.to_string())?;
            Ok((it.api, it.diagnostics))
        }
        Notation::OpenApi => {
            let name = path.file_name().and_then(|it| it.to_str()).unwrap_or("description");
            let folder = path.parent().and_then(|it| beside(it).canonicalize().ok());
            let files = |name: &str| {
                let folder = folder.as_deref()?;
                let path = folder.join(name).canonicalize().ok()?;
                // A description may come from anybody: it gets no other files of this machine.
                path.starts_with(folder).then(|| text_of(&path).ok()).flatten()
            };
            let it = read(&text, name, &files, &limits).map_err(|error| error.to_string())?;
            Ok((it.api, it.diagnostics))
        }
    }
}

/// The folder of a file that is named without one.
fn beside(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

/// The text of a file; `-` is standard input.
///
/// # Errors
///
/// A message, without the name.
pub(crate) fn text_of(path: &Path) -> Result<String, String> {
    let file: Box<dyn Read> = match path == Path::new("-") {
        true => Box::new(io::stdin()),
        false => Box::new(File::open(path).map_err(|error| error.to_string())?),
    };
    let mut bytes = Vec::new();
    file.take(BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(format!("is longer than {} MiB", BYTES_MAX >> 20));
    }
    String::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned())
}

/// Keeps a description in place of the one before.
pub(crate) fn keep(dir: &Path, it: &Declared) -> Result<(), String> {
    let folder = Folder::at(&dir.join(FOLDER));
    folder.prepare().map_err(|error| error.to_string())?;
    let name = file_of(&it.service);
    let names = names(&folder)?;
    if names.len() >= SERVICES_MAX && !names.contains(&name) {
        return Err(format!("{SERVICES_MAX} services are described already"));
    }
    let options = Options { version: Version::V32, format: Format::Json };
    let document: Value =
        serde_json::from_str(&write(&it.api, options).text).map_err(|error| error.to_string())?;
    let kept = json!({
        "version": 1,
        "service": it.service,
        "source": it.source,
        "at_us": it.at_us,
        "openapi": document,
    });
    document::replace(&folder, &name, kept.to_string().as_bytes())
        .map_err(|error| error.to_string())
}

/// Forgets the description of a service; whether there was one.
pub(crate) fn forget(dir: &Path, service: &str) -> Result<bool, String> {
    let folder = Folder::at(&dir.join(FOLDER));
    match folder.remove(&file_of(service)) {
        Ok(()) => folder.sync_names().map(|()| true).map_err(|error| error.to_string()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error.to_string()),
    }
}

/// All descriptions that are kept, and why others cannot be read.
pub(crate) fn all(dir: &Path) -> (Vec<Declared>, Vec<String>) {
    let folder = Folder::at(&dir.join(FOLDER));
    let (mut found, mut faults) = (Vec::new(), Vec::new());
    for name in names(&folder).unwrap_or_default().iter().take(SERVICES_MAX) {
        match kept(&folder, name) {
            Ok(it) => found.push(it),
            Err(why) => faults.push(format!("{FOLDER}/{name}: {why}")),
        }
    }
    (found, faults)
}

fn kept(folder: &Folder, name: &str) -> Result<Declared, String> {
    let bytes = document::read_within(folder, name, 2 * BYTES_MAX).map_err(|it| it.to_string())?;
    let kept: Value = serde_json::from_slice(&bytes.unwrap_or_default())
        .map_err(|_| "is no description".to_owned())?;
    let text = |name: &str| kept.get(name).and_then(Value::as_str).map(str::to_owned);
    let document = kept.get("openapi").ok_or("is no description")?.to_string();
    let it = read(&document, name, &no_files, &Limits::default()).map_err(|it| it.to_string())?;
    Ok(Declared {
        service: text("service").ok_or("names no service")?,
        source: text("source").unwrap_or_default(),
        at_us: kept.get("at_us").and_then(Value::as_u64).unwrap_or(0),
        api: it.api,
    })
}

fn names(folder: &Folder) -> Result<Vec<String>, String> {
    match folder.list() {
        Ok(names) => Ok(names.into_iter().filter(|it| it.ends_with(".json")).collect()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error.to_string()),
    }
}

/// Services may have any name; files may not.
fn file_of(service: &str) -> String {
    format!("{:016x}.json", EndpointId::of("", service).bits())
}

/// The description of a service. Where traffic knows one service and one is described, they are the same,
/// whatever they are called.
pub(crate) fn of<'a>(all: &'a [Declared], service: &str, services: usize) -> Option<&'a Declared> {
    let named = all.iter().find(|it| it.service == service);
    named.or_else(|| all.first().filter(|_| all.len() == 1 && services == 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn home(name: &str) -> std::path::PathBuf {
        let home = std::env::temp_dir().join(format!("bartizan-{name}-{}", std::process::id()));
        fs::create_dir_all(&home).unwrap();
        home
    }

    const SHOP: &str = "openapi: 3.1.0\ninfo: {title: Shop, version: '1'}\npaths:\n  /orders/{orderId}:\n    get:\n      parameters:\n      - $ref: 'parts.yaml#/orderId'\n      responses: {'200': {description: ok}}\n";

    #[test]
    fn what_is_kept_is_read_again_and_forgotten() {
        let home = home("declared");
        fs::write(home.join("shop.yaml"), SHOP).unwrap();
        fs::write(
            home.join("parts.yaml"),
            "orderId: {name: orderId, in: path, required: true, schema: {type: integer}}\n",
        )
        .unwrap();
        let (api, _) = of_file(&home.join("shop.yaml"), Notation::OpenApi).unwrap();
        let data = home.join("data");
        fs::create_dir_all(&data).unwrap();
        let source = "shop.yaml".to_owned();
        let it = Declared { service: "a/../b".to_owned(), source, at_us: 7, api };
        keep(&data, &it).unwrap();
        keep(&data, &it).unwrap();
        let (found, faults) = all(&data);
        assert_eq!((found.len(), faults.len()), (1, 0));
        assert_eq!((found[0].service.as_str(), found[0].at_us), ("a/../b", 7));
        assert_eq!(found[0].api.operations, it.api.operations);
        assert!(of(&found, "other", 1).is_some() && of(&found, "other", 2).is_none());
        assert_eq!(forget(&data, "a/../b"), Ok(true));
        assert_eq!(forget(&data, "a/../b"), Ok(false));
        fs::remove_dir_all(home).unwrap();
    }

    #[test]
    fn a_description_gets_no_file_outside_its_folder() {
        let home = home("outside");
        fs::create_dir_all(home.join("in")).unwrap();
        fs::write(home.join("parts.yaml"), "orderId: {name: leaked, in: path}\n").unwrap();
        fs::write(home.join("in/shop.yaml"), SHOP.replace("parts.yaml", "../parts.yaml")).unwrap();
        let (api, odd) = of_file(&home.join("in/shop.yaml"), Notation::OpenApi).unwrap();
        assert!(!format!("{api:?}").contains("leaked") && !odd.list().is_empty());
        fs::remove_dir_all(home).unwrap();
    }

    #[test]
    fn what_is_damaged_is_named_and_the_others_are_read() {
        let home = home("damaged");
        fs::create_dir_all(home.join(FOLDER)).unwrap();
        fs::write(home.join(FOLDER).join("x.json"), "{").unwrap();
        let it = Declared {
            service: "shop".to_owned(),
            source: String::new(),
            at_us: 0,
            api: Api::new("Shop", "1"),
        };
        keep(&home, &it).unwrap();
        let (found, faults) = all(&home);
        assert_eq!((found.len(), faults.len()), (1, 1), "{faults:?}");
        fs::remove_dir_all(home).unwrap();
    }
}
