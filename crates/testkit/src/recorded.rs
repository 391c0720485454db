//! From raw bytes to what the replayer takes.

use bartizan_edge::http1::body::{BodyReader, Piece};
use bartizan_edge::http1::head::{EndFinder, read_request, read_response};
use bartizan_engine::origin::{Authority, Origin};
use bartizan_engine::replay::Recording;
use bartizan_model::head::Method;
use bartizan_model::id::ExchangeId;
use bartizan_model::limits::Limits;
use bartizan_model::moment::Moment;
use bartizan_model::observation::{Observation, Phases};
use bytes::{Bytes, BytesMut};
use std::net::{IpAddr, Ipv4Addr};

/// The recording of one raw request, and of the answer that an upstream would give.
///
/// # Panics
///
/// If the head does not end, the body is not whole, or the answer is not well-formed.
pub fn recording(request: &[u8], answer: &[u8], limits: &Limits) -> Recording {
    let end = EndFinder::default().find(request).expect("a head that ends");
    let mut buffer = BytesMut::from(request);
    let head = read_request(buffer.split_to(end).freeze(), limits);
    let mut reader = BodyReader::new(head.framing);
    let mut body = Vec::new();
    while let Ok(Piece::Data(bytes, end)) = reader.read(&mut buffer, 16_384, limits) {
        body.extend_from_slice(&bytes);
        if end {
            break;
        }
    }
    let end = EndFinder::default().find(answer).expect("an answer");
    let mut answer_body = Bytes::copy_from_slice(answer);
    let answer_head = answer_body.split_to(end);
    let response = read_response(answer_head, Method::Get, &Limits::default()).expect("an answer");
    Recording {
        origin: Origin {
            id: ExchangeId::new(1_700_000_000_000, 7),
            authority: Authority::Inline,
            peer: IpAddr::V4(Ipv4Addr::LOCALHOST),
            tls: false,
            certificate: None,
            certificate_digest: None,
            ja4: None,
            sees_bodies: true,
        },
        started: Moment { mono_ns: 1_000, wall_us: 1_700_000_000_000_000 },
        phases: Phases::default(),
        request: head,
        request_body: body.into(),
        response: Some((response, answer_body)),
    }
}

/// The same recording with the id and the times of an exchange that really happened.
pub fn as_happened(recording: Recording, seen: &Observation) -> Recording {
    let origin = Origin { id: seen.id, ..recording.origin };
    Recording { origin, started: seen.started, phases: seen.phases, ..recording }
}
