//! What is said in a WebSocket whose route has it examined.
//!
//! Reads    the bytes of both directions; messages of the client as bodies, those of the API for what errors give away.
//! Writes   for each text message what was seen in it, with its number as the place; what may go on.
//! Memory   at most one text message of [`MESSAGE_BYTES_MAX`] for each direction, twice, within the process's budget.
//! Errors   none: what is no frame is told, and ends the examination of its direction.
//! Misses   binary messages and text messages that are longer, which are told; terms and descriptions.

use crate::judge::examine_text;
use crate::keys::HashKey;
use crate::snapshot::Rules;
use crate::tables::Room;
use crate::talk::gives_away;
use bartizan_inspect::websocket::{Event, Messages, Sender};
use bartizan_model::assessment::{Assessment, Why};
use bartizan_model::clause::ClauseName;
use bartizan_model::code::Code;
use bartizan_model::content_level::ContentLevel;
use bartizan_model::evidence::{Finding, Fingerprint, Sighting};
use bartizan_model::place::Place;

/// Longest text message that is examined.
pub(crate) const MESSAGE_BYTES_MAX: usize = 256 * 1024;

/// The score of what is not a matter of degree.
const SURE: u16 = 1_000;

/// Both directions.
#[derive(Debug)]
pub(crate) struct Conversation {
    client: Direction,
    server: Direction,
    content: ContentLevel,
}

#[derive(Debug)]
struct Direction {
    sender: Sender,
    messages: Messages,
    /// Text messages so far.
    count: u64,
    room: Room,
    /// Bytes of `room` that are taken.
    taken: usize,
}

/// What came of a piece.
#[derive(Debug)]
pub(crate) enum Said {
    /// These bytes go on.
    Passes(Vec<u8>),
    /// Something was seen, which is to be judged; if it is let pass, these bytes go on.
    Judged(Box<Assessment>, Vec<u8>),
}

impl Direction {
    fn new(sender: Sender, room: Room) -> Self {
        let messages = Messages::new(sender, MESSAGE_BYTES_MAX);
        Self { sender, messages, count: 0, room, taken: 0 }
    }
}

impl Conversation {
    pub(crate) fn new(content: ContentLevel, client: Room, server: Room) -> Self {
        let client = Direction::new(Sender::Client, client);
        let server = Direction::new(Sender::Server, server);
        Self { client, server, content }
    }

    /// Takes a piece of one direction; what is seen in it goes into `assessment`, which is clean.
    pub(crate) fn push(
        &mut self,
        sender: Sender,
        bytes: &[u8],
        rules: &Rules,
        mut assessment: Assessment,
    ) -> Said {
        let content = self.content;
        let direction = match sender {
            Sender::Client => &mut self.client,
            Sender::Server => &mut self.server,
        };
        let mut passes = Vec::new();
        for event in direction.messages.push(bytes) {
            match event {
                Event::Passes(it) => passes.extend(it),
                Event::Binary => {
                    let why = (ClauseName::ContentUnexamined, Why::Binary);
                    assessment.unknown.push(why);
                }
                Event::TooLong(it) => {
                    let why = (ClauseName::ContentUnexamined, Why::BodyTooLarge);
                    assessment.unknown.push(why);
                    passes.extend(it);
                }
                Event::Malformed(it) => {
                    assessment.violations.push(Code::BodyWebsocketMalformed);
                    passes.extend(it);
                }
                Event::Text { frames, text } => {
                    direction.count += 1;
                    direction.examine(&text, content, rules, &mut assessment);
                    passes.extend(frames);
                }
            }
        }
        if !direction.has_room() {
            assessment.violations.push(Code::LimitHeld);
        }
        let is_clean = assessment.findings.is_empty()
            && assessment.violations.is_empty()
            && assessment.unknown.is_empty()
            && assessment.oddities.is_empty();
        match is_clean {
            true => Said::Passes(passes),
            false => Said::Judged(Box::new(assessment), passes),
        }
    }
}

impl Direction {
    /// Whether the process has room for what is kept now.
    fn has_room(&mut self) -> bool {
        let kept = self.messages.kept_bytes();
        let before = std::mem::replace(&mut self.taken, kept);
        self.room.shrink(before.saturating_sub(kept));
        kept <= before || self.room.grow(kept - before)
    }

    fn examine(
        &self,
        text: &[u8],
        content: ContentLevel,
        rules: &Rules,
        assessment: &mut Assessment,
    ) {
        match self.sender {
            Sender::Client => {
                let path = format!("$message[{}]", self.count);
                examine_text(text, path, content, rules, assessment);
            }
            Sender::Server => {
                if let Some(code) = gives_away(text) {
                    let place = Place::body(&format!("$answer[{}]", self.count));
                    assessment.findings.push(told(code, place, text, &rules.key));
                }
            }
        }
    }
}

/// What a text of the API gives away, as a finding.
pub(crate) fn told(code: Code, place: Place, text: &[u8], key: &HashKey) -> Finding {
    let sighting = Sighting { code, score: SURE, fingerprint: Fingerprint::default() };
    let bytes = u32::try_from(text.len()).unwrap_or(u32::MAX);
    Finding { sighting, place, bytes, value: key.value(text) }
}
