//! A client's HTTP/2 connection: many exchanges at once, each with its own transaction.
//!
//! Reads    requests as the `h2` library hands them over, checked again where its types are laxer
//!          than RFC 9113 section 8.
//! Memory   bounded by the stream, window and header-list limits below.
//! Misses   requests that the library itself finds malformed: it resets their streams, and no
//!          observation tells of them; trailers of requests and interim responses are dropped;
//!          server push and extended CONNECT are not offered.

use super::deadline::{Elapsed, Watch};
use super::exchange::{Begun, Downlink, Exchange, Uplink, Watches, serve};
use super::http1_server::scrubbed;
use super::http2_wire::Http2Wire;
use super::pace::Pace;
use super::views::View;
use super::wire::Wire;
use super::{Caller, Worker};
use crate::http1::head::{is_authority, is_token};
use bartizan_engine::refusal::OwnReply;
use bartizan_engine::step::Cause;
use bartizan_model::head::{
    Fields, Framing, HeadWriter, Method, RequestHead, ResponseHead, Version,
};
use bartizan_model::known::Known;
use bartizan_model::limits::Limits;
use bartizan_model::oddity::Oddity;
use bytes::{Bytes, BytesMut};
use h2::server::SendResponse;
use h2::{RecvStream, SendStream};
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use std::future::poll_fn;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Bytes that a client may send ahead on one stream, and on the connection.
const STREAM_WINDOW_BYTES: u32 = 256 * 1024;
const CONNECTION_WINDOW_BYTES: u32 = 1024 * 1024;
/// Streams that a client may reset before they are served (Rapid Reset, CVE-2023-44487), and that
/// it may make us reset (MadeYouReset, CVE-2025-8671), before the connection is closed.
const RESETS_MAX: usize = 32;

/// Milliseconds between two looks at whether a connection is idle.
const IDLE_TICK_MS: u64 = 500;

/// Serves a connection until it ends.
pub(super) async fn serve_connection(
    worker: Arc<Worker>,
    wire: Wire,
    caller: Caller,
    ahead: BytesMut,
) {
    let view = worker.view();
    let (limits, manners) = (view.snapshot.rules.limits, &view.manners);
    let mut builder = h2::server::Builder::new();
    builder
        .max_concurrent_streams(manners.streams_max)
        .initial_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_header_list_size(u32::try_from(limits.head_bytes_max).unwrap_or(u32::MAX))
        .max_pending_accept_reset_streams(RESETS_MAX)
        .max_local_error_reset_streams(Some(RESETS_MAX))
        .max_send_buffer_size(64 * 1024);
    let watch = worker.sweeper.watch();
    let clock = Arc::clone(&worker.shared.clock);
    let wire = Http2Wire::new(ahead, wire, clock, manners.control_frames_max);
    let blocked = wire.blocked();
    let handshake = builder.handshake::<_, Bytes>(wire);
    let Ok(Ok(mut connection)) = watch.within(manners.head_timeout_ms, handshake).await else {
        return;
    };
    let mut streams = tokio::task::JoinSet::new();
    let mut idle = tokio::time::interval(Duration::from_millis(IDLE_TICK_MS));
    let (mut idle_ms, mut leaving_ms, mut blocked_ms) = (0, 0, 0);
    let mut served = 0;
    loop {
        // A stream that its client has reset still has a task for a moment, and what a client does
        // not read waits in memory: neither may grow by further streams.
        let has_room = streams.len() < manners.streams_max as usize && !blocked.load(Relaxed);
        tokio::select! {
            accepted = next(&mut connection, has_room) => match accepted {
                Some(Ok((request, respond))) => {
                    idle_ms = 0;
                    served += 1;
                    // Begun here and not in its task: a connection that ends at once must not take
                    // the observation with it.
                    let stream = Stream::begin(&worker, caller, request, respond);
                    streams.spawn(stream.serve());
                }
                Some(Err(_)) | None => return,
            },
            Some(_) = streams.join_next(), if !streams.is_empty() => idle_ms = 0,
            _ = idle.tick() => {
                let is_stopping = worker.sweeper.is_stopping();
                let count = |is: bool, ms: u64| if is { ms + IDLE_TICK_MS } else { 0 };
                idle_ms = count(streams.is_empty(), idle_ms);
                blocked_ms = count(blocked.load(Relaxed), blocked_ms);
                let requests_max = manners.requests_per_connection_max;
                let is_old = requests_max != 0 && served >= requests_max;
                let is_leaving = is_stopping || is_old || idle_ms >= manners.idle_timeout_ms;
                leaving_ms = count(is_leaving, leaving_ms);
                if is_leaving {
                    connection.graceful_shutdown();
                }
                // A client that does not take its leave, or takes no bytes, is not waited for.
                let is_gone = streams.is_empty() && leaving_ms > IDLE_TICK_MS;
                if is_gone || blocked_ms >= manners.body_timeout_ms {
                    return;
                }
            }
        }
    }
}

type Connection = h2::server::Connection<Http2Wire, Bytes>;
type Accepted = Result<(Request<RecvStream>, SendResponse<Bytes>), h2::Error>;

/// The next request; without room for one, only what is under way goes on.
async fn next(connection: &mut Connection, has_room: bool) -> Option<Accepted> {
    if has_room {
        return connection.accept().await;
    }
    // Ready means that the connection has ended.
    poll_fn(|cx| connection.poll_closed(cx)).await.ok();
    None
}

/// One stream whose exchange has begun.
struct Stream {
    begun: Begun,
    up: Http2Uplink,
    down: Http2Downlink,
    watches: Watches,
}

impl Stream {
    fn begin(
        worker: &Arc<Worker>,
        caller: Caller,
        request: Request<RecvStream>,
        respond: SendResponse<Bytes>,
    ) -> Self {
        let view: Arc<View> = worker.view();
        let (limits, manners) = (view.snapshot.rules.limits, &view.manners);
        let stall_ms = manners.body_timeout_ms;
        let pace = Pace::new(manners.body_rate_min);
        let origin = worker.origin(caller, manners);
        let (parts, body) = request.into_parts();
        let is_done = body.is_end_stream();
        let head = read_head(&parts, is_done, &limits);
        let method = head.method;
        let watches = Watches { request: worker.sweeper.watch(), response: worker.sweeper.watch() };
        let watch = Arc::clone(&watches.request);
        let respond = Arc::new(Mutex::new(respond));
        let reset = Arc::clone(&respond);
        let ahead = Bytes::new();
        let up = Http2Uplink { body, reset, ahead, is_done, watch, stall_ms, pace };
        let watch = Arc::clone(&watches.response);
        let down = Http2Downlink { respond, stream: None, method, watch, stall_ms, pace };
        Self { begun: Exchange::begin(worker, &view, origin, head), up, down, watches }
    }

    async fn serve(self) {
        let Self { begun, mut up, mut down, watches } = self;
        serve(begun, &mut up, &mut down, &watches).await;
    }
}

/// The head as the engine reads it. HTTP/2 has no request line; its pseudo-fields are checked to
/// the letter, because they are about to become one.
fn read_head(parts: &http::request::Parts, is_empty: bool, limits: &Limits) -> RequestHead {
    let mut writer = HeadWriter::new();
    let method = parts.method.as_str().as_bytes();
    writer.method(method);
    let target = parts.uri.path_and_query().map_or("", |it| it.as_str()).as_bytes();
    writer.target(target);
    let mut oddities = Vec::new();
    if !method.iter().all(|&b| is_token(b)) {
        oddities.push(Oddity::PseudoField);
    }
    if Method::is_miswritten(method) {
        oddities.push(Oddity::MethodCase);
    }
    let is_star = target == b"*" && Method::of(method) == Method::Options;
    if target.first() != Some(&b'/') && !is_star {
        oddities.push(Oddity::TargetForm);
    }
    if target.iter().any(|&b| b <= 0x20 || b == 0x7F) {
        oddities.push(Oddity::PseudoField);
    }
    if target.len() > limits.target_bytes_max {
        oddities.push(Oddity::TargetTooLong);
    }
    // The library keeps no scheme without an authority, which `Host` may stand in for.
    let is_scheme = match parts.uri.scheme_str() {
        Some("http" | "https") => true,
        None => parts.uri.authority().is_none(),
        Some(_) => false,
    };
    if !is_scheme {
        oddities.push(Oddity::PseudoField);
    }
    if Method::of(method) == Method::Connect {
        oddities.push(Oddity::Connect);
    }
    let authority = parts.uri.authority().map(|it| it.as_str().as_bytes());
    oddities.extend(read_host(parts, authority, &mut writer));
    if parts.headers.len() > limits.fields_max {
        oddities.push(Oddity::TooManyFields);
    }
    let mut framing = if is_empty { Framing::None } else { Framing::Delimited };
    let (mut cookies, mut has_length) = (Vec::new(), false);
    for (name, value) in &parts.headers {
        let (name, value) = (name.as_str().as_bytes(), value.as_bytes());
        let known = Known::of(name);
        let is_te = known == Known::Te && !value.eq_ignore_ascii_case(b"trailers");
        if is_te || is_of_connection(known) {
            oddities.push(Oddity::ConnectionField);
        }
        if known == Known::ContentLength && name.contains(&b'_') {
            oddities.push(Oddity::FoldedFramingName);
        } else if known == Known::ContentLength {
            // h2 holds the body to one length, and would not notice a second.
            let is_second = std::mem::replace(&mut has_length, true);
            match read_length(value) {
                _ if is_second => oddities.push(Oddity::LengthsDiffer),
                None => oddities.push(Oddity::LengthMalformed),
                // What follows all the same is for the library to find, before anything is sent.
                Some(0) => {}
                Some(_) if is_empty => oddities.push(Oddity::LengthMalformed),
                Some(length) => framing = Framing::Length(length),
            }
        }
        if value.iter().any(|&b| matches!(b, 0 | b'\r' | b'\n')) {
            oddities.push(Oddity::ControlByte);
        }
        if !name.iter().all(|&b| is_token(b)) {
            oddities.push(Oddity::FieldName);
        }
        if value.trim_ascii().len() != value.len() {
            oddities.push(Oddity::PaddedValue);
        }
        if known == Known::Cookie {
            // RFC 9113 section 8.2.3: what HTTP/2 may split is one field again in HTTP/1.
            if !cookies.is_empty() {
                cookies.extend_from_slice(b"; ");
            }
            cookies.extend_from_slice(value);
        } else {
            writer.field(name, value);
        }
    }
    if !cookies.is_empty() {
        writer.field(b"cookie", &cookies);
    }
    oddities.into_iter().for_each(|it| writer.oddity(it));
    writer.request(Version::Http2, framing)
}

/// RFC 9113 section 8.3.1: `Host` may stand beside `:authority` only with the same value.
fn read_host(
    parts: &http::request::Parts,
    authority: Option<&[u8]>,
    writer: &mut HeadWriter,
) -> Option<Oddity> {
    let mut hosts = parts.headers.get_all(http::header::HOST).iter().map(HeaderValue::as_bytes);
    let host = hosts.next();
    if hosts.next().is_some() {
        return Some(Oddity::HostRepeated);
    }
    let name = match (authority, host) {
        (Some(a), Some(b)) if !a.eq_ignore_ascii_case(b) => return Some(Oddity::HostRepeated),
        (Some(name), _) | (None, Some(name)) => name,
        (None, None) => return Some(Oddity::HostMissing),
    };
    writer.authority(name);
    (!is_authority(name)).then_some(Oddity::HostMalformed)
}

/// RFC 9113 section 8.2.2.
fn is_of_connection(known: Known) -> bool {
    matches!(
        known,
        Known::Connection
            | Known::KeepAlive
            | Known::ProxyConnection
            | Known::TransferEncoding
            | Known::Upgrade
            | Known::Http2Settings
    )
}

fn read_length(value: &[u8]) -> Option<u64> {
    if value.is_empty() || value.len() > 18 || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(value.iter().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0')))
}

/// What the client sends on a stream.
struct Http2Uplink {
    body: RecvStream,
    /// Tells of a reset until the response has begun.
    reset: Arc<Mutex<SendResponse<Bytes>>>,
    ahead: Bytes,
    is_done: bool,
    watch: Arc<Watch>,
    stall_ms: u64,
    pace: Pace,
}

impl Uplink for Http2Uplink {
    async fn read(&mut self, max: usize) -> Result<(Bytes, bool), Cause> {
        if self.ahead.is_empty() {
            let since_ms = self.watch.now_ms();
            match self.watch.within(self.stall_ms, self.body.data()).await {
                Ok(Some(Ok(bytes))) => {
                    let waited_ms = self.watch.now_ms().saturating_sub(since_ms);
                    if self.pace.is_too_slow(waited_ms, bytes.len() as u64) {
                        return Err(Cause::Odd(Oddity::BodyTooSlow));
                    }
                    let released = self.body.flow_control().release_capacity(bytes.len());
                    released.map_err(|_| Cause::ClientGone)?;
                    self.ahead = bytes;
                }
                Ok(None) => self.is_done = true,
                Ok(Some(Err(_))) => return Err(Cause::ClientGone),
                Err(Elapsed) => return Err(Cause::Odd(Oddity::BodyTimeout)),
            }
        }
        let piece = self.ahead.split_to(self.ahead.len().min(max));
        let end = self.ahead.is_empty() && (self.is_done || self.body.is_end_stream());
        self.is_done |= end;
        Ok((piece, end))
    }

    async fn gone(&mut self) {
        let reset = poll_fn(|cx| {
            let mut respond = self.reset.lock().unwrap_or_else(PoisonError::into_inner);
            respond.poll_reset(cx)
        });
        if reset.await.is_err() {
            // The response has begun: from here on a reset shows when it is written to.
            std::future::pending().await
        }
    }

    fn is_done(&self) -> bool {
        self.is_done
    }

    async fn tunnel(&mut self) -> Bytes {
        Bytes::new()
    }
}

/// What the client gets on a stream.
struct Http2Downlink {
    respond: Arc<Mutex<SendResponse<Bytes>>>,
    stream: Option<SendStream<Bytes>>,
    method: Method,
    watch: Arc<Watch>,
    stall_ms: u64,
    pace: Pace,
}

impl Http2Downlink {
    fn send_head(&mut self, response: Response<()>, is_all: bool) -> Result<(), Cause> {
        let mut respond = self.respond.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = respond.send_response(response, is_all);
        drop(respond);
        self.stream = Some(sent.map_err(|_| Cause::ClientGone)?);
        Ok(())
    }
}

impl Downlink for Http2Downlink {
    async fn go_on(&mut self) -> Result<(), Cause> {
        Ok(())
    }

    fn close_after(&mut self) {
        // A stream ends by itself.
    }

    async fn begin(&mut self, head: &ResponseHead) -> Result<(), Cause> {
        let mut response = Response::new(());
        *response.status_mut() =
            StatusCode::from_u16(head.status).map_err(|_| Cause::ClientGone)?;
        for (_, name, value) in head.passed_on() {
            let (name, value) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value));
            if let (Ok(name), Ok(value)) = (name, value) {
                response.headers_mut().append(name, value);
            }
        }
        for (name, value) in head.added() {
            if let Ok(value) = HeaderValue::from_str(value) {
                response.headers_mut().append(HeaderName::from_static(name), value);
            }
        }
        let length = match head.framing {
            Framing::Length(length) => Some(HeaderValue::from(length)),
            Framing::None if self.method == Method::Head => head
                .fields
                .get(Known::ContentLength)
                .and_then(|it| HeaderValue::from_bytes(it).ok()),
            Framing::None | Framing::Delimited | Framing::Close => None,
        };
        if let Some(length) = length {
            response.headers_mut().insert(http::header::CONTENT_LENGTH, length);
        }
        self.send_head(response, head.framing == Framing::None)
    }

    async fn data(&mut self, bytes: &Bytes, end: bool) -> Result<(), Cause> {
        let Some(stream) = &mut self.stream else { return Err(Cause::ClientGone) };
        let mut rest = bytes.clone();
        while !rest.is_empty() {
            stream.reserve_capacity(rest.len());
            let since_ms = self.watch.now_ms();
            let capacity = poll_fn(|cx| stream.poll_capacity(cx));
            match self.watch.within(self.stall_ms, capacity).await {
                Ok(Some(Ok(room))) => {
                    let waited_ms = self.watch.now_ms().saturating_sub(since_ms);
                    if self.pace.is_too_slow(waited_ms, room as u64) {
                        return Err(Cause::ClientGone);
                    }
                    let piece = rest.split_to(room.min(rest.len()));
                    let is_last = end && rest.is_empty();
                    stream.send_data(piece, is_last).map_err(|_| Cause::ClientGone)?;
                    if is_last {
                        return Ok(());
                    }
                }
                Ok(Some(Err(_)) | None) | Err(Elapsed) => return Err(Cause::ClientGone),
            }
        }
        if end {
            stream.send_data(Bytes::new(), true).map_err(|_| Cause::ClientGone)?;
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), Cause> {
        Ok(())
    }

    async fn interim(&mut self, _: &ResponseHead) -> Result<(), Cause> {
        Ok(())
    }

    async fn trailers(&mut self, fields: &Fields, message: Option<&str>) -> Result<(), Cause> {
        let mut map = http::HeaderMap::new();
        for (name, value) in scrubbed(fields, message) {
            let (name, value) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value));
            if let (Ok(name), Ok(value)) = (name, value) {
                map.append(name, value);
            }
        }
        let stream = self.stream.as_mut().ok_or(Cause::ClientGone)?;
        stream.send_trailers(map).map_err(|_| Cause::ClientGone)
    }

    async fn own(&mut self, reply: &OwnReply) -> Result<(), Cause> {
        let mut response = Response::new(());
        *response.status_mut() =
            StatusCode::from_u16(reply.status).map_err(|_| Cause::ClientGone)?;
        let headers = response.headers_mut();
        headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static(reply.media_type));
        if !reply.body.is_empty() {
            headers.insert(http::header::CONTENT_LENGTH, HeaderValue::from(reply.body.len()));
        }
        for (name, value) in &reply.fields {
            if let Ok(value) = HeaderValue::from_bytes(value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        // A gRPC reply is its fields: the end comes with them.
        let is_all = self.method == Method::Head || reply.body.is_empty();
        self.send_head(response, is_all)?;
        if is_all { Ok(()) } else { self.data(&reply.body, true).await }
    }

    async fn switch(&mut self, _: &ResponseHead) -> Result<(), Cause> {
        Err(Cause::ClientGone)
    }

    async fn tunnel(&mut self, _: &Bytes) -> Result<(), Cause> {
        Err(Cause::ClientGone)
    }
}
