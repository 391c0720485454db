//! Signed notes, checkpoints and proofs: what is read is written as it was, and none is believed that nobody signed.

use bartizan_ledger::checkpoint::Checkpoint;
use bartizan_ledger::note::{Note, SigningKey, VerifyingKey};
use bartizan_ledger::proof::Proof;
use bartizan_ledger::text::Text;

pub(super) fn run(data: &[u8]) {
    let key = SigningKey::of_seed("log.test", &[7; 32]).unwrap();
    let keys = [key.verifying().clone()];
    if let Ok(note) = Note::read(data) {
        assert!(data.starts_with(note.text.as_bytes()));
        if let Ok(it) = Checkpoint::unverified(&note) {
            let signed = it.sign(&key);
            let again =
                Note::read(signed.as_bytes()).unwrap_or_else(|fault| panic!("{fault}: {signed}"));
            again.verify(&keys).unwrap_or_else(|fault| panic!("{fault}: {signed}"));
            assert_eq!(Checkpoint::unverified(&again).map(|it| it.head), Ok(it.head));
        }
    }
    assert!(Checkpoint::verified(data, &[]).is_err());
    if let Ok(proof) = Proof::read(data) {
        assert_eq!(proof.to_string().as_bytes(), data);
        assert!(proof.verify(&[]).is_err());
    }
    let Ok(text) = str::from_utf8(data) else { return };
    if let Ok(key) = VerifyingKey::read(text.trim()) {
        assert_eq!(VerifyingKey::new(key.name(), key.public()).unwrap().to_string(), text.trim());
    }
    if let Some(it) = Text::exactly(text) {
        assert_eq!(it.as_str(), text);
    }
}
