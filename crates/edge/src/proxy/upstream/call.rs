//! One exchange over one connection to an upstream: what is sent, and what comes back, the same to
//! the exchange whether it is HTTP/1.1 or HTTP/2.
//!
//! Reads    heads, bodies and trailers of the upstream, strictly and within their limits.
//! Writes   the head that was judged, and the body as the transaction releases it.
//! Memory   a head, and one piece of a body each way.
//! Misses   interim responses of HTTP/2 upstreams are dropped by the library.

use super::balance::Lease;
use super::pool::{Load, RESPONSE_HEAD_BYTES_MAX};
use crate::http1::body::{BodyReader, Malformed, Piece};
use crate::http1::head::{EndFinder, read_response};
use crate::http1::write::{self, Framed};
use crate::proxy::wire::{ReadHalf, Wire, WriteHalf};
use bartizan_contract::permit::Permit;
use bartizan_engine::step::{BodyPlan, DATA_BYTES_MAX, Rest, UpstreamFault};
use bartizan_model::head::{Fields, Framing, HeadWriter, Method, ResponseHead};
use bartizan_model::limits::Limits;
use bytes::{Bytes, BytesMut};
use h2::client::{ResponseFuture, SendRequest};
use h2::{RecvStream, SendStream};
use http::{HeaderName, HeaderValue, Request, Uri, uri};
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Held bodies up to this length are sent in one write with their head.
pub(in crate::proxy) const ONE_WRITE_BYTES_MAX: usize = 16 * 1024;
/// Interim responses before the final one.
const INTERIM_MAX: usize = 16;
/// The status after which a connection speaks no HTTP any more, whoever asked for it.
pub(in crate::proxy) const SWITCHING: u16 = 101;

/// A connection to an upstream, in use by one exchange.
#[derive(Debug)]
pub(in crate::proxy) struct Link {
    pub(in crate::proxy) lease: Lease,
    pub(super) way: Way,
    /// Whether it has served an exchange before.
    pub(in crate::proxy) reused: bool,
}

/// How it leads there.
#[derive(Debug)]
pub(super) enum Way {
    /// A connection of its own.
    Http1 {
        wire: Wire,
        /// What was read and not yet used.
        buffer: BytesMut,
    },
    /// A stream on a shared connection.
    Http2 { requests: SendRequest<Bytes>, _load: Load },
}

/// A request as it goes upstream. May be sent more than once, if the exchange may.
#[derive(Debug)]
pub(in crate::proxy) struct Message {
    head: Head,
    body: Bytes,
    is_all: bool,
    /// Bytes of the body in `head` and `body`, without framing.
    pub(in crate::proxy) held_bytes: u64,
    framed: Framed,
}

#[derive(Debug)]
enum Head {
    /// Bytes; small bodies lie behind the head already.
    Http1(Bytes),
    Http2(Box<Request<()>>),
}

impl Message {
    /// The permit as HTTP/1.1.
    pub(in crate::proxy) fn http1(permit: &Permit, plan: &BodyPlan, authority: &str) -> Self {
        let framed = Framed::of_request(permit, plan);
        let mut out = BytesMut::new();
        write::request_head(&mut out, permit, framed, authority);
        let is_all = plan.rest != Rest::Stream;
        let body = if plan.held.len() <= ONE_WRITE_BYTES_MAX {
            write::data(&mut out, &plan.held, framed, is_all);
            Bytes::new()
        } else if framed == Framed::Chunked {
            let mut chunk = BytesMut::with_capacity(plan.held.len() + 16);
            write::data(&mut chunk, &plan.held, framed, is_all);
            chunk.freeze()
        } else {
            plan.held.clone()
        };
        let held_bytes = plan.held.len() as u64;
        Self { head: Head::Http1(out.freeze()), body, is_all, held_bytes, framed }
    }

    /// The permit as HTTP/2; `None` if it has no form there.
    pub(in crate::proxy) fn http2(
        permit: &Permit,
        plan: &BodyPlan,
        authority: &str,
        tls: bool,
    ) -> Option<Self> {
        let framed = Framed::of_request(permit, plan);
        let request = Box::new(request(permit, framed, authority, tls)?);
        let is_all = plan.rest != Rest::Stream;
        let held_bytes = plan.held.len() as u64;
        Some(Self {
            head: Head::Http2(request),
            body: plan.held.clone(),
            is_all,
            held_bytes,
            framed,
        })
    }

    /// Bytes of the body that must follow, where its length was announced.
    pub(in crate::proxy) fn left(&self) -> Option<u64> {
        match self.framed {
            Framed::Length(length) => Some(length.saturating_sub(self.held_bytes)),
            Framed::None | Framed::Chunked | Framed::Close => None,
        }
    }
}

/// The judged head in the types of the library: nothing else is in them.
fn request(permit: &Permit, framed: Framed, authority: &str, tls: bool) -> Option<Request<()>> {
    let judged = permit.head();
    let head = judged.head();
    let host = judged.host().unwrap_or(authority.as_bytes());
    let scheme = if tls { uri::Scheme::HTTPS } else { uri::Scheme::HTTP };
    let mut parts = uri::Parts::default();
    parts.scheme = Some(scheme);
    parts.authority = Some(uri::Authority::try_from(host).ok()?);
    parts.path_and_query = Some(uri::PathAndQuery::try_from(judged.target()).ok()?);
    // Whatever the library made of it, it must be what was judged, byte for byte.
    let is_same =
        parts.path_and_query.as_ref().is_some_and(|it| it.as_str().as_bytes() == judged.target());
    if !is_same {
        return None;
    }
    let mut request = Request::new(());
    *request.method_mut() = http::Method::from_bytes(head.method_text()).ok()?;
    *request.uri_mut() = Uri::from_parts(parts).ok()?;
    let headers = request.headers_mut();
    let mut put = |name: &[u8], value: &[u8]| {
        let (name, value) =
            (HeaderName::from_bytes(name).ok()?, HeaderValue::from_bytes(value).ok()?);
        headers.append(name, value);
        Some(())
    };
    for (name, value) in judged.fields() {
        put(name, value)?;
    }
    if let Framed::Length(length) = framed {
        put(b"content-length", length.to_string().as_bytes())?;
    }
    // gRPC servers refuse calls without it.
    put(b"te", b"trailers")?;
    let asked = if head.authority().is_empty() { host } else { head.authority() };
    write::origin_fields(judged, asked, |name, value| put(name, value).unwrap_or_default());
    Some(request)
}

/// The sending side.
pub(in crate::proxy) enum Sender<'a> {
    /// Gathers what is put into it until it is flushed.
    Http1 { writer: WriteHalf<'a>, out: BytesMut, framed: Framed },
    /// Hands over as much as the flow control of the other end lets through.
    Http2(SendStream<Bytes>),
}

/// The receiving side.
pub(in crate::proxy) enum Receiver<'a> {
    Http1 { reader: ReadHalf<'a>, buffer: &'a mut BytesMut, body: BodyReader, interim: usize },
    Http2(Box<Http2Receiver>),
}

/// What came of looking for more of a response.
pub(in crate::proxy) enum Taken {
    /// So much of the body, and whether it was the last of it.
    Data(Bytes, bool),
    /// The body ended, with these trailer fields.
    Trailers(Fields),
    /// Nothing is there yet.
    NeedMore,
}

/// A response head.
pub(in crate::proxy) enum Headed {
    /// 1xx, but not 101; another head follows.
    Interim(ResponseHead),
    /// The final one.
    Final(ResponseHead),
}

impl Link {
    /// Begins an exchange. In HTTP/2 its head leaves at once; in HTTP/1.1 with the first flush.
    pub(in crate::proxy) fn begin(
        &mut self,
        message: &Message,
    ) -> Result<(Sender<'_>, Receiver<'_>), UpstreamFault> {
        match (&mut self.way, &message.head) {
            (Way::Http1 { wire, buffer }, Head::Http1(head)) => {
                let (reader, writer) = wire.split();
                let out = BytesMut::from(&**head);
                let sender = Sender::Http1 { writer, out, framed: message.framed };
                let body = BodyReader::new(Framing::None);
                Ok((sender, Receiver::Http1 { reader, buffer, body, interim: 0 }))
            }
            (Way::Http2 { requests, .. }, Head::Http2(request)) => {
                let is_all = message.is_all && message.body.is_empty();
                let sent = requests.send_request((**request).clone(), is_all);
                let (response, stream) = sent.map_err(|_| UpstreamFault::Closed)?;
                let receiver =
                    Http2Receiver { response: Some(response), ..Http2Receiver::default() };
                Ok((Sender::Http2(stream), Receiver::Http2(Box::new(receiver))))
            }
            (Way::Http1 { .. } | Way::Http2 { .. }, _) => Err(UpstreamFault::Malformed),
        }
    }
}

impl Sender<'_> {
    /// Sends what was held of the request.
    pub(in crate::proxy) async fn message(&mut self, message: &Message) -> io::Result<()> {
        match self {
            Self::Http1 { .. } => {
                self.flush().await?;
                self.raw(&message.body).await?;
            }
            Self::Http2(_) if message.body.is_empty() => {}
            Self::Http2(_) => self.put(&message.body, message.is_all).await?,
        }
        self.flush().await
    }

    /// Puts a piece of the body, and its end if it is the last.
    pub(in crate::proxy) async fn put(&mut self, bytes: &Bytes, end: bool) -> io::Result<()> {
        match self {
            Self::Http1 { out, framed, .. } => {
                write::data(out, bytes, *framed, end);
                if end || out.len() >= ONE_WRITE_BYTES_MAX { self.flush().await } else { Ok(()) }
            }
            Self::Http2(stream) => send(stream, bytes, end).await,
        }
    }

    /// Writes what waits. May be dropped in the middle: what was written is forgotten at once.
    pub(in crate::proxy) async fn flush(&mut self) -> io::Result<()> {
        let Self::Http1 { writer, out, .. } = self else { return Ok(()) };
        let waits = !out.is_empty();
        while !out.is_empty() {
            if writer.write_buf(out).await? == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
        }
        if waits { writer.flush().await } else { Ok(()) }
    }

    /// Writes bytes without framing: a large held body, or those of a tunnel.
    pub(in crate::proxy) async fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Http1 { writer, .. } if !bytes.is_empty() => {
                writer.write_all(bytes).await?;
                writer.flush().await
            }
            Self::Http1 { .. } => Ok(()),
            Self::Http2(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }
}

/// Sends a piece of a body as the receiver lets it through.
pub(in crate::proxy) async fn send(
    stream: &mut SendStream<Bytes>,
    bytes: &Bytes,
    end: bool,
) -> io::Result<()> {
    let mut rest = bytes.clone();
    while !rest.is_empty() {
        stream.reserve_capacity(rest.len());
        let room = poll_fn(|cx| stream.poll_capacity(cx)).await;
        let room = room.ok_or(io::ErrorKind::BrokenPipe)?.map_err(io::Error::other)?;
        let piece = rest.split_to(room.min(rest.len()));
        let is_last = end && rest.is_empty();
        stream.send_data(piece, is_last).map_err(io::Error::other)?;
        if is_last {
            return Ok(());
        }
    }
    if end { stream.send_data(Bytes::new(), true).map_err(io::Error::other) } else { Ok(()) }
}

impl Receiver<'_> {
    /// Reads the next head.
    pub(in crate::proxy) async fn head(&mut self, method: Method) -> Result<Headed, UpstreamFault> {
        match self {
            Self::Http1 { reader, buffer, body, interim } => {
                let head = http1_head(reader, buffer, method).await?;
                if head.status >= 200 || head.status == SWITCHING {
                    *body = BodyReader::new(head.framing);
                    return Ok(Headed::Final(head));
                }
                *interim += 1;
                if *interim > INTERIM_MAX {
                    Err(UpstreamFault::Malformed)
                } else {
                    Ok(Headed::Interim(head))
                }
            }
            Self::Http2(it) => it.head(method).await.map(Headed::Final),
        }
    }

    /// Takes what is there of the body, at most `max` bytes; returns at once.
    pub(in crate::proxy) async fn take(&mut self, max: usize) -> Result<Taken, UpstreamFault> {
        match self {
            Self::Http1 { buffer, body, .. } => {
                let limits = Limits::default();
                match body.read(buffer, max, &limits) {
                    Ok(Piece::Data(bytes, end)) => Ok(Taken::Data(bytes, end)),
                    Ok(Piece::Trailers(fields)) => Ok(Taken::Trailers(fields)),
                    Ok(Piece::NeedMore) => Ok(Taken::NeedMore),
                    Err(Malformed) => Err(UpstreamFault::Malformed),
                }
            }
            Self::Http2(it) => it.take(max).await,
        }
    }

    /// Waits for more; 0 if the upstream closed its side.
    pub(in crate::proxy) async fn fill(&mut self) -> Result<usize, UpstreamFault> {
        match self {
            Self::Http1 { reader, buffer, .. } => fill(reader, buffer).await,
            Self::Http2(it) => it.fill().await,
        }
    }

    /// Whether the request may be sent again, after its connection was closed in place of an answer.
    pub(in crate::proxy) fn again(&self) -> Again {
        match self {
            Self::Http1 { buffer, .. } if buffer.is_empty() => Again::IfIdempotent,
            Self::Http1 { .. } => Again::Never,
            Self::Http2(it) => it.again,
        }
    }

    /// Whether the end of the connection is the end of the body.
    pub(in crate::proxy) fn ends_with_connection(&self) -> bool {
        match self {
            Self::Http1 { body, .. } => body.ends_with_connection(),
            Self::Http2(_) => false,
        }
    }

    /// Whether the whole body was read.
    pub(in crate::proxy) fn is_done(&self) -> bool {
        match self {
            Self::Http1 { body, .. } => body.is_done(),
            Self::Http2(it) => it.is_done,
        }
    }

    /// The next bytes of a tunnel; empty at its end.
    pub(in crate::proxy) async fn tunnel(&mut self) -> Bytes {
        let Self::Http1 { reader, buffer, .. } = self else { return Bytes::new() };
        if buffer.is_empty() && !matches!(fill(reader, buffer).await, Ok(1..)) {
            return Bytes::new();
        }
        buffer.split().freeze()
    }
}

async fn fill(reader: &mut ReadHalf<'_>, buffer: &mut BytesMut) -> Result<usize, UpstreamFault> {
    buffer.reserve(DATA_BYTES_MAX);
    reader.read_buf(buffer).await.map_err(|error| {
        // In TLS 1.3 an upstream that wants a certificate says so after the handshake.
        let is_tls = error.get_ref().is_some_and(|it| it.is::<rustls::Error>());
        if is_tls { UpstreamFault::Tls } else { UpstreamFault::Closed }
    })
}

async fn http1_head(
    reader: &mut ReadHalf<'_>,
    buffer: &mut BytesMut,
    method: Method,
) -> Result<ResponseHead, UpstreamFault> {
    let limits =
        Limits { head_bytes_max: RESPONSE_HEAD_BYTES_MAX, fields_max: 512, ..Limits::default() };
    let mut finder = EndFinder::default();
    let end = loop {
        if let Some(end) = finder.find(buffer) {
            break end;
        }
        if buffer.len() > RESPONSE_HEAD_BYTES_MAX {
            return Err(UpstreamFault::Malformed);
        }
        if fill(reader, buffer).await? == 0 {
            return Err(UpstreamFault::Closed);
        }
    };
    read_response(buffer.split_to(end).freeze(), method, &limits).ok_or(UpstreamFault::Malformed)
}

/// A response on a stream.
#[derive(Default)]
pub(in crate::proxy) struct Http2Receiver {
    response: Option<ResponseFuture>,
    body: Option<RecvStream>,
    next: Option<Next>,
    has_ended: bool,
    is_done: bool,
    again: Again,
}

/// Whether a request that failed without an answer may be sent again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::proxy) enum Again {
    /// It may have been processed, and would fail again.
    #[default]
    Never,
    /// Its connection died under it: as often as its method allows.
    IfIdempotent,
    /// The upstream says that it did not look at it (RFC 9113 section 8.7).
    Always,
}

fn again(error: &h2::Error) -> Again {
    if error.is_reset() {
        let is_refused = error.reason() == Some(h2::Reason::REFUSED_STREAM);
        return if is_refused { Again::Always } else { Again::Never };
    }
    Again::IfIdempotent
}

enum Next {
    Data(Bytes),
    Trailers(Fields),
    End,
}

impl Http2Receiver {
    async fn head(&mut self, method: Method) -> Result<ResponseHead, UpstreamFault> {
        // Whoever waits may stop waiting and come back: the future stays until it is done.
        let waiting = self.response.as_mut().ok_or(UpstreamFault::Malformed)?;
        let response = waiting.await;
        self.response = None;
        let response = match response {
            Ok(response) => response,
            Err(error) => {
                self.again = again(&error);
                return Err(fault(&error));
            }
        };
        let (parts, body) = response.into_parts();
        let status = parts.status.as_u16();
        // RFC 9113 section 8.6: there is no 101 in HTTP/2.
        if status < 200 {
            return Err(UpstreamFault::Malformed);
        }
        let mut writer = HeadWriter::new();
        for (name, value) in &parts.headers {
            writer.field(name.as_str().as_bytes(), value.as_bytes());
        }
        let length = parts.headers.get(http::header::CONTENT_LENGTH);
        let length = length.and_then(|it| it.to_str().ok()).and_then(|it| it.parse().ok());
        let framing = match length {
            _ if body.is_end_stream() || method == Method::Head => Framing::None,
            Some(length) => Framing::Length(length),
            None => Framing::Delimited,
        };
        self.is_done = framing == Framing::None;
        self.body = Some(body);
        Ok(writer.response(status, framing))
    }

    async fn take(&mut self, max: usize) -> Result<Taken, UpstreamFault> {
        if self.is_done {
            return Ok(Taken::Data(Bytes::new(), true));
        }
        if self.next.is_none() {
            match poll_fn(|cx| Poll::Ready(self.poll_next(cx))).await {
                Poll::Ready(next) => self.next = Some(next?),
                Poll::Pending => return Ok(Taken::NeedMore),
            }
        }
        match self.next.take() {
            Some(Next::Data(mut bytes)) => {
                let piece = bytes.split_to(bytes.len().min(max));
                if !bytes.is_empty() {
                    self.next = Some(Next::Data(bytes));
                }
                let is_last =
                    self.next.is_none() && self.body.as_ref().is_none_or(RecvStream::is_end_stream);
                self.is_done = is_last;
                Ok(Taken::Data(piece, is_last))
            }
            Some(Next::Trailers(fields)) => {
                self.is_done = true;
                Ok(Taken::Trailers(fields))
            }
            Some(Next::End) | None => {
                self.is_done = true;
                Ok(Taken::Data(Bytes::new(), true))
            }
        }
    }

    async fn fill(&mut self) -> Result<usize, UpstreamFault> {
        if self.next.is_none() && !self.is_done {
            self.next = Some(poll_fn(|cx| self.poll_next(cx)).await?);
        }
        Ok(1)
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Next, UpstreamFault>> {
        let Some(body) = &mut self.body else { return Poll::Ready(Ok(Next::End)) };
        if !self.has_ended {
            match ready!(body.poll_data(cx)) {
                Some(Ok(bytes)) => {
                    let released = body.flow_control().release_capacity(bytes.len());
                    released.map_err(|error| fault(&error))?;
                    return Poll::Ready(Ok(Next::Data(bytes)));
                }
                Some(Err(error)) => return Poll::Ready(Err(fault(&error))),
                None => self.has_ended = true,
            }
        }
        let trailers = ready!(Pin::new(body).poll_trailers(cx)).map_err(|error| fault(&error))?;
        Poll::Ready(Ok(match trailers {
            None => Next::End,
            Some(fields) => {
                let mut writer = HeadWriter::new();
                for (name, value) in &fields {
                    writer.field(name.as_str().as_bytes(), value.as_bytes());
                }
                Next::Trailers(writer.trailers())
            }
        }))
    }
}

/// A stream that was reset, or a connection that broke.
fn fault(error: &h2::Error) -> UpstreamFault {
    if error.is_io() || error.is_go_away() || error.is_remote() {
        UpstreamFault::Closed
    } else {
        UpstreamFault::Malformed
    }
}
