//! A small document that is replaced as a whole: either the one before or the new one is there,
//! whenever the machine stops.
//!
//! Reads and writes   one file, through [`Files`]; beside it `NAME.new` while it is replaced.
//! Memory             `DOCUMENT_BYTES_MAX` bytes.
//! Errors             the operating system's; the document before is still there then.

use crate::files::{Files, StoredFile};
use std::io;

/// Bytes of a document at most.
pub const DOCUMENT_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// The document `name`; `None` if there is none.
///
/// # Errors
///
/// The operating system's, and `InvalidData` for one that is too long.
pub fn read(files: &impl Files, name: &str) -> io::Result<Option<Vec<u8>>> {
    read_within(files, name, DOCUMENT_BYTES_MAX)
}

/// The same, of a document of another length at most.
///
/// # Errors
///
/// As [`read`].
pub fn read_within(files: &impl Files, name: &str, bytes_max: u64) -> io::Result<Option<Vec<u8>>> {
    let file = match files.read(name) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let length = file.length()?;
    let short = usize::try_from(length).ok().filter(|_| length <= bytes_max);
    let length = short.ok_or(io::ErrorKind::InvalidData)?;
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, 0)?;
    Ok(Some(bytes))
}

/// Replaces the document `name`. It is durable once this returns.
///
/// # Errors
///
/// The operating system's.
pub fn replace(files: &impl Files, name: &str, bytes: &[u8]) -> io::Result<()> {
    let aside = format!("{name}.new");
    match files.remove(&aside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let file = files.create(&aside)?;
    file.write_all_at(bytes, 0)?;
    file.sync()?;
    files.rename(&aside, name)?;
    files.sync_names()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Folder;
    use crate::files::simulated::{Deaf, Fault, Simulated};

    const NAME: &str = "a.json";

    /// Replaces the document ten times, as far as the disk allows; the last version that is surely there.
    fn play(disk: &Simulated) -> Option<u8> {
        let mut sure = None;
        for version in 0..10 {
            if replace(disk, NAME, &vec![version; 700]).is_err() {
                break;
            }
            sure = Some(version);
        }
        sure
    }

    /// Whether the document is the last that was surely there, or the one after it.
    fn is_sound(disk: &Simulated, sure: Option<u8>) -> bool {
        let next = sure.map_or(0, |it| it + 1);
        match read(disk, NAME) {
            Ok(None) => sure.is_none(),
            Ok(Some(bytes)) => {
                sure.into_iter().chain([next]).any(|it| bytes == vec![it; 700])
                    && replace(disk, NAME, b"on").is_ok()
                    && read(disk, NAME).is_ok_and(|it| it.as_deref() == Some(b"on"))
            }
            Err(_) => false,
        }
    }

    /// Losses of power before each call, and at how many of them the document was lost.
    fn cut_everywhere(deaf: &Deaf) -> (u64, u64) {
        let whole = Simulated::default();
        play(&whole);
        let (mut points, mut lost) = (0, 0);
        for cut in 0..=whole.calls() {
            let disk = Simulated::default();
            disk.deaf(deaf.clone());
            disk.cut(cut);
            let sure = play(&disk);
            for seed in 0..40 {
                points += 1;
                lost += u64::from(!is_sound(&disk.after_power_loss(seed), sure));
            }
        }
        (points, lost)
    }

    #[test]
    fn a_loss_of_power_at_any_call_leaves_the_one_before_or_the_new_one() {
        let (points, lost) = cut_everywhere(&Deaf::Never);
        eprintln!("document: {points} losses of power");
        assert!(points > 2_000 && lost == 0, "{lost} of {points}");
    }

    #[test]
    fn a_missing_sync_of_a_document_is_found() {
        for deaf in [Deaf::Files(".new"), Deaf::Names] {
            let (points, lost) = cut_everywhere(&deaf);
            assert!(lost > 0, "{deaf:?} was not found at {points} points");
        }
    }

    #[test]
    fn whatever_call_fails_the_one_before_or_the_new_one_is_there() {
        let whole = Simulated::default();
        play(&whole);
        for fault in Fault::ALL {
            for call in 0..whole.calls() {
                let disk = Simulated::default();
                disk.fail(call, *fault);
                let sure = play(&disk);
                disk.heal();
                for seed in [0, 1] {
                    assert!(is_sound(&disk.after_power_loss(seed), sure), "{fault:?} at {call}");
                }
            }
        }
    }

    #[test]
    fn a_document_is_the_one_before_or_the_new_one() {
        let home = std::env::temp_dir().join(format!("bartizan-document-{}", std::process::id()));
        let files = Folder::at(&home);
        files.prepare().unwrap();
        assert_eq!(read(&files, "a.json").unwrap(), None);
        replace(&files, "a.json", b"one").unwrap();
        // A crash left something half written aside.
        std::fs::write(home.join("a.json.new"), "tw").unwrap();
        assert_eq!(read(&files, "a.json").unwrap().unwrap(), b"one");
        replace(&files, "a.json", b"two").unwrap();
        assert_eq!(read(&files, "a.json").unwrap().unwrap(), b"two");
        assert_eq!(files.list().unwrap(), ["a.json"]);
        std::fs::remove_dir_all(home).unwrap();
    }
}
