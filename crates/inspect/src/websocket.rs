//! What passes through a WebSocket: frames read strictly, and the text messages that they make up.
//!
//! Reads    the bytes of one direction, in pieces of any size.
//! Writes   what may go on as it came (control frames, binary messages), and text messages, whole, with their frames.
//! Memory   one text message of at most `text_bytes_max`, with and without its masking, and the header of a frame.
//! Errors   [`Event::Malformed`] once; nothing is read behind it.
//! Misses   what is compressed or otherwise extended: with a reserved bit a frame is malformed, so extensions must not be offered.
//! Source   RFC 6455 sections 5.1 to 5.5.

/// Longest payload of a control frame.
const CONTROL_BYTES_MAX: u64 = 125;

/// Longest header of a frame.
const HEADER_BYTES_MAX: usize = 14;

/// Whose frames are read. Those of clients are masked, those of servers are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// The client.
    Client,
    /// The server.
    Server,
}

/// What is not a frame, or stands where none may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Malformed;

/// What a piece brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Bytes that go on as they came.
    Passes(Vec<u8>),
    /// A binary message begins; its bytes pass.
    Binary,
    /// A text message has ended.
    Text {
        /// Its frames, as they came.
        frames: Vec<u8>,
        /// What they say.
        text: Vec<u8>,
    },
    /// A text message is longer than what is kept: its frames so far. The rest passes.
    TooLong(Vec<u8>),
    /// What is no frame, or stands where none may, with what was kept before it: from there on nobody knows where frames begin.
    Malformed(Vec<u8>),
}

/// The reader of one direction.
#[derive(Debug)]
pub struct Messages {
    sender: Sender,
    text_bytes_max: usize,
    header: Vec<u8>,
    frame: Option<Frame>,
    message: Message,
    is_lost: bool,
}

/// The frame whose payload is being read.
#[derive(Clone, Copy, Debug)]
struct Frame {
    is_control: bool,
    is_final: bool,
    mask: [u8; 4],
    left: u64,
    /// Bytes of its payload that were read.
    read: usize,
}

/// The message that has not ended.
#[derive(Debug)]
enum Message {
    None,
    Text { frames: Vec<u8>, text: Vec<u8> },
    Passes,
}

impl Messages {
    /// Starts behind the heads of the handshake.
    pub fn new(sender: Sender, text_bytes_max: usize) -> Self {
        let (header, frame, message) = (Vec::new(), None, Message::None);
        Self { sender, text_bytes_max, header, frame, message, is_lost: false }
    }

    /// Bytes that are kept at the moment.
    pub fn kept_bytes(&self) -> usize {
        match &self.message {
            Message::Text { frames, text } => frames.len() + text.len(),
            Message::None | Message::Passes => 0,
        }
    }

    /// The frames of the text message that has not ended, and the header that is not whole: they are forgotten.
    fn take_held(&mut self) -> Vec<u8> {
        let message = std::mem::replace(&mut self.message, Message::None);
        let mut held = match message {
            Message::Text { frames, .. } => frames,
            Message::None | Message::Passes => Vec::new(),
        };
        held.append(&mut self.header);
        held
    }

    /// Takes a piece.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Event> {
        if self.is_lost {
            return vec![Event::Passes(bytes.to_vec())];
        }
        let (mut events, mut passes) = (Vec::new(), Vec::new());
        let mut rest = bytes;
        while let Some((&byte, behind)) = rest.split_first() {
            match &mut self.frame {
                None => {
                    rest = behind;
                    self.header.push(byte);
                    if let Err(Malformed) = self.begin(&mut passes, &mut events) {
                        flush(&mut passes, &mut events);
                        self.is_lost = true;
                        let kept = self.take_held();
                        events.push(Event::Malformed([&kept, rest].concat()));
                        return events;
                    }
                }
                Some(frame) => {
                    let count = usize::try_from(frame.left).unwrap_or(usize::MAX).min(rest.len());
                    let (piece, behind) = rest.split_at(count);
                    rest = behind;
                    frame.left -= count as u64;
                    let read = frame.read;
                    frame.read = read.wrapping_add(count);
                    let mask = frame.mask.iter().cycle().skip(read % 4);
                    match &mut self.message {
                        Message::Text { frames, text } if !frame.is_control => {
                            frames.extend_from_slice(piece);
                            text.extend(piece.iter().zip(mask).map(|(byte, mask)| byte ^ mask));
                        }
                        Message::Text { .. } | Message::None | Message::Passes => {
                            passes.extend_from_slice(piece);
                        }
                    }
                }
            }
            self.end(&mut passes, &mut events);
        }
        flush(&mut passes, &mut events);
        events
    }

    /// Begins a frame, once its header is whole.
    fn begin(&mut self, passes: &mut Vec<u8>, events: &mut Vec<Event>) -> Result<(), Malformed> {
        let Some(header) = Header::of(&self.header)? else { return Ok(()) };
        let Header { opcode, is_final, mask, left } = header;
        if mask.is_some() != (self.sender == Sender::Client) {
            return Err(Malformed);
        }
        let is_control = opcode & 8 != 0;
        let is_open = !matches!(self.message, Message::None);
        match opcode {
            0 if is_open => {}
            1 if !is_open => {
                self.message = Message::Text { frames: Vec::new(), text: Vec::new() };
            }
            2 if !is_open => {
                flush(passes, events);
                events.push(Event::Binary);
                self.message = Message::Passes;
            }
            8..=10 if is_final && left <= CONTROL_BYTES_MAX => {}
            _ => return Err(Malformed),
        }
        match &mut self.message {
            Message::Text { frames, .. } if !is_control => frames.append(&mut self.header),
            Message::Text { .. } | Message::None | Message::Passes => {
                passes.append(&mut self.header);
            }
        }
        let mask = mask.unwrap_or_default();
        self.frame = Some(Frame { is_control, is_final, mask, left, read: 0 });
        Ok(())
    }

    /// Ends the frame, and with it the message, if all of it was read.
    fn end(&mut self, passes: &mut Vec<u8>, events: &mut Vec<Event>) {
        let kept = match &self.message {
            // Frames of next to nothing are kept as well.
            Message::Text { text, frames } => text.len().max(frames.len() / 2),
            Message::None | Message::Passes => 0,
        };
        if kept > self.text_bytes_max
            && let Message::Text { frames, .. } =
                std::mem::replace(&mut self.message, Message::Passes)
        {
            flush(passes, events);
            events.push(Event::TooLong(frames));
        }
        let Some(frame) = self.frame.take_if(|it| it.left == 0) else { return };
        if frame.is_control || !frame.is_final {
            return;
        }
        if let Message::Text { frames, text } = std::mem::replace(&mut self.message, Message::None)
        {
            flush(passes, events);
            events.push(Event::Text { frames, text });
        }
    }
}

fn flush(passes: &mut Vec<u8>, events: &mut Vec<Event>) {
    if !passes.is_empty() {
        events.push(Event::Passes(std::mem::take(passes)));
    }
}

/// What the header of a frame says.
struct Header {
    opcode: u8,
    is_final: bool,
    mask: Option<[u8; 4]>,
    left: u64,
}

impl Header {
    /// Reads it once it is whole.
    fn of(bytes: &[u8]) -> Result<Option<Self>, Malformed> {
        let [first, second, rest @ ..] = bytes else { return Ok(None) };
        // Reserved bits belong to extensions, of which none was agreed on.
        if first & 0x70 != 0 || bytes.len() > HEADER_BYTES_MAX {
            return Err(Malformed);
        }
        let (left, rest) = match (second & 0x7F, rest) {
            (126, [a, b, rest @ ..]) => (u64::from(u16::from_be_bytes([*a, *b])), rest),
            (127, [a, b, c, d, e, f, g, h, rest @ ..]) => {
                (u64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, *h]), rest)
            }
            (126 | 127, _) => return Ok(None),
            (short, rest) => (u64::from(short), rest),
        };
        // The shortest form counts, and the highest bit is never set.
        let least = match second & 0x7F {
            126 => 126,
            127 => 1 << 16,
            _ => 0,
        };
        if left < least || left > i64::MAX.unsigned_abs() {
            return Err(Malformed);
        }
        let mask = match (second & 0x80 != 0, rest) {
            (false, _) => None,
            (true, [a, b, c, d]) => Some([*a, *b, *c, *d]),
            (true, _) => return Ok(None),
        };
        Ok(Some(Self { opcode: first & 0x0F, is_final: first & 0x80 != 0, mask, left }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MASK: [u8; 4] = [1, 2, 3, 250];

    fn frame(first: u8, payload: &[u8], is_masked: bool) -> Vec<u8> {
        let length = payload.len();
        let flag = if is_masked { 0x80 } else { 0 };
        let mut out = vec![first];
        match length {
            0..126 => out.push(flag | u8::try_from(length).unwrap()),
            126..0x1_0000 => {
                out.push(flag | 126);
                out.extend(u16::try_from(length).unwrap().to_be_bytes());
            }
            _ => {
                out.push(flag | 127);
                out.extend((length as u64).to_be_bytes());
            }
        }
        if is_masked {
            out.extend(MASK);
            out.extend(payload.iter().zip(MASK.iter().cycle()).map(|(a, b)| a ^ b));
        } else {
            out.extend(payload);
        }
        out
    }

    /// What comes of `bytes` in pieces of `size`: everything in the order in which it goes on, and the texts.
    fn read(
        sender: Sender,
        bytes: &[u8],
        size: usize,
        max: usize,
    ) -> (Vec<u8>, Vec<Vec<u8>>, usize) {
        let mut messages = Messages::new(sender, max);
        let (mut passed, mut texts, mut marks) = (Vec::new(), Vec::new(), 0);
        for piece in bytes.chunks(size) {
            for event in messages.push(piece) {
                match event {
                    Event::Passes(it) => passed.extend(it),
                    Event::Binary => marks += 1,
                    Event::Malformed(it) => {
                        marks += 10_000;
                        passed.extend(it);
                    }
                    Event::TooLong(it) => {
                        marks += 100;
                        passed.extend(it);
                    }
                    Event::Text { frames, text } => {
                        passed.extend(frames);
                        texts.push(text);
                    }
                }
            }
            assert!(messages.kept_bytes() <= 2 * (max + size) + 16 * bytes.len());
        }
        (passed, texts, marks)
    }

    #[test]
    fn text_messages_come_whole_whatever_the_pieces() {
        for (sender, masked) in [(Sender::Client, true), (Sender::Server, false)] {
            for length in [0, 1, 125, 126, 127, 65_535, 65_536] {
                let payload: Vec<u8> = (0..length).map(|it| b"abcdefg"[it % 7]).collect();
                let bytes = frame(0x81, &payload, masked);
                for size in [1, 3, 7, bytes.len()] {
                    let (passed, texts, _) = read(sender, &bytes, size, 100_000);
                    assert_eq!((passed, texts), (bytes.clone(), vec![payload.clone()]));
                }
            }
        }
    }

    #[test]
    fn fragments_make_one_message_and_control_frames_go_between() {
        let frames = [
            frame(0x01, b"' OR ", true),
            frame(0x89, b"ping", true),
            frame(0x00, b"", true),
            frame(0x80, b"1=1--", true),
            frame(0x82, b"\x00\x01", true),
            frame(0x88, b"\x03\xe8", true),
        ];
        let bytes = frames.concat();
        for size in 1..bytes.len() {
            let (passed, texts, marks) = read(Sender::Client, &bytes, size, 1_000);
            let order = [&frames[1], &frames[0], &frames[2], &frames[3], &frames[4], &frames[5]];
            assert_eq!(passed, order.map(Vec::as_slice).concat(), "in pieces of {size}");
            assert_eq!((texts, marks), (vec![b"' OR 1=1--".to_vec()], 1));
        }
    }

    #[test]
    fn a_text_that_is_too_long_passes_and_is_told() {
        let bytes = [frame(0x81, &[b'a'; 500], true), frame(0x81, b"next", true)].concat();
        for size in [1, 16, 600] {
            let (passed, texts, marks) = read(Sender::Client, &bytes, size, 100);
            assert_eq!((passed, texts, marks), (bytes.clone(), vec![b"next".to_vec()], 100));
        }
        let exact = frame(0x81, &[b'a'; 100], true);
        assert_eq!(read(Sender::Client, &exact, 7, 100).2, 0);
    }

    #[test]
    fn what_is_no_frame_is_malformed() {
        let long = |length: u64| [&[0x81, 127][..], &length.to_be_bytes()].concat();
        for (sender, bytes) in [
            (Sender::Client, frame(0x81, b"bare", false)),
            (Sender::Server, frame(0x81, b"masked", true)),
            (Sender::Server, frame(0xC1, b"compressed", false)),
            (Sender::Server, frame(0x91, b"reserved", false)),
            (Sender::Server, frame(0x83, b"opcode", false)),
            (Sender::Server, frame(0x8B, b"opcode", false)),
            (Sender::Server, frame(0x80, b"continues nothing", false)),
            (Sender::Server, [frame(0x01, b"a", false), frame(0x81, b"b", false)].concat()),
            (Sender::Server, [frame(0x02, b"a", false), frame(0x82, b"b", false)].concat()),
            (Sender::Server, frame(0x09, b"part of a ping", false)),
            (Sender::Server, frame(0x89, &[0; 126], false)),
            (Sender::Server, vec![0x81, 126, 0, 125]),
            (Sender::Server, long(0xFFFF)),
            (Sender::Server, long(1 << 63)),
        ] {
            let bytes = [&bytes[..], b"what follows"].concat();
            for size in [1, 2, 64] {
                let (passed, texts, marks) = read(sender, &bytes, size, 100);
                assert_eq!((passed, texts.len(), marks >= 10_000), (bytes.clone(), 0, true));
            }
        }
    }
}
