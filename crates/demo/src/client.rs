//! A small HTTP/1.1 client that can speak from a chosen loopback address.
//!
//! Memory   one connection, kept alive; bodies up to a limit.
//! Errors   [`ClientError`]: anything that kept an answer from arriving whole and in time.
//! Misses   redirects, cookies, compression, TLS: nobody in the demo needs them.

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderMap, USER_AGENT};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::error::Error;
use std::fmt::{self, Display, Formatter};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::time::Duration;
use tokio::net::TcpSocket;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// What customers and Mallory alike say they are: the guard must not know her by her looks.
const AGENT: &str = "shop-app/3.2";
/// What those say who have the new version of the app.
const NEW_AGENT: &str = "shop-app/4.0";

/// How long an exchange may take, and how large an answer may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Time for one exchange, connecting included.
    pub exchange_ms: u64,
    /// Bytes of one body.
    pub body_bytes_max: usize,
}

impl Limits {
    /// Generous on loopback.
    pub const DEMO: Self = Self { exchange_ms: 10_000, body_bytes_max: 1 << 20 };
}

/// One request to be.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The method.
    pub method: Method,
    /// Path and query as they go on the wire.
    pub target: String,
    /// Bearer token, if logged in.
    pub token: Option<String>,
    /// JSON body as it goes on the wire, if any.
    pub json: Option<String>,
}

impl Ask {
    /// A `GET` of `target`.
    pub fn get(target: impl Into<String>) -> Self {
        Self { method: Method::GET, target: target.into(), token: None, json: None }
    }

    /// A request with a JSON body.
    pub fn with_json(method: Method, target: impl Into<String>, json: &Value) -> Self {
        Self { method, target: target.into(), token: None, json: Some(json.to_string()) }
    }

    /// The same, by the bearer of `token`.
    pub fn bearing(self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self }
    }

    fn request(
        &self,
        target: SocketAddr,
        agent: &str,
    ) -> Result<Request<Full<Bytes>>, ClientError> {
        let mut request = Request::builder()
            .method(&self.method)
            .uri(&self.target)
            .header(HOST, target.to_string())
            .header(USER_AGENT, agent);
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        if self.json.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let body = self.json.clone().unwrap_or_default();
        request.body(Full::from(body)).map_err(ClientError::Request)
    }
}

/// One response that arrived whole.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Header fields.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// The body as JSON; `Null` if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The decision id, if this is a guard's refusal: status 400 or 403, problem+json, `decision_id`.
    pub fn refusal(&self) -> Option<String> {
        let kind = self.headers.get(CONTENT_TYPE)?.to_str().ok()?;
        let is_refusal =
            matches!(self.status, 400 | 403) && kind.starts_with("application/problem+json");
        let id = self.json().get("decision_id")?.as_str()?.to_owned();
        is_refusal.then_some(id)
    }

    /// What the guard calls the reason of its refusal, if it says so.
    pub fn code(&self) -> Option<String> {
        Some(self.json().get("code")?.as_str()?.to_owned())
    }
}

/// Why no answer came.
#[derive(Debug)]
pub enum ClientError {
    /// The connection could not be opened.
    Connect(io::Error),
    /// The request could not be built.
    Request(hyper::http::Error),
    /// The exchange broke off.
    Exchange(hyper::Error),
    /// The body broke off.
    Body(Box<dyn Error + Send + Sync>),
    /// The body is larger than allowed.
    BodyTooLarge,
    /// No answer within this many milliseconds.
    Timeout(u64),
}

impl Display for ClientError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(error) => write!(f, "cannot connect: {error}"),
            Self::Request(error) => write!(f, "cannot build the request: {error}"),
            Self::Exchange(error) => write!(f, "no complete answer: {error}"),
            Self::Body(error) => write!(f, "the answer broke off: {error}"),
            Self::BodyTooLarge => f.write_str("the answer is too large"),
            Self::Timeout(after_ms) => write!(f, "no answer within {after_ms} ms"),
        }
    }
}

impl Error for ClientError {}

/// Speaks to one target from one source address, over one connection at a time.
#[derive(Debug)]
pub struct Client {
    target: SocketAddr,
    source: Ipv4Addr,
    limits: Limits,
    agent: &'static str,
    line: Option<Line>,
}

#[derive(Debug)]
struct Line {
    sender: SendRequest<Full<Bytes>>,
    driver: JoinHandle<()>,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Client {
    /// Will speak to `target` from `source`; connects when there is something to say.
    pub fn new(target: SocketAddr, source: Ipv4Addr, limits: Limits) -> Self {
        Self { target, source, limits, agent: AGENT, line: None }
    }

    /// The same, with the new version of the app.
    #[must_use]
    pub fn with_new_app(self) -> Self {
        Self { agent: NEW_AGENT, ..self }
    }

    /// Sends `ask` and returns the whole answer, whatever its status.
    ///
    /// # Errors
    ///
    /// `ClientError` if no whole answer arrived in time. The next request opens a new connection.
    pub async fn send(&mut self, ask: &Ask) -> Result<Answer, ClientError> {
        let time = Duration::from_millis(self.limits.exchange_ms);
        let outcome = timeout(time, self.exchange(ask)).await;
        outcome.unwrap_or(Err(ClientError::Timeout(self.limits.exchange_ms)))
    }

    async fn exchange(&mut self, ask: &Ask) -> Result<Answer, ClientError> {
        // Taken out while in use: a line on which something went wrong is never used again.
        let mut line = self.ready().await?;
        let request = ask.request(self.target, self.agent)?;
        let response = line.sender.send_request(request).await.map_err(ClientError::Exchange)?;
        let (head, body) = response.into_parts();
        let body =
            Limited::new(body, self.limits.body_bytes_max).collect().await.map_err(broken)?;
        self.line = Some(line);
        Ok(Answer { status: head.status.as_u16(), headers: head.headers, body: body.to_bytes() })
    }

    async fn ready(&mut self) -> Result<Line, ClientError> {
        if let Some(mut line) = self.line.take()
            && line.sender.ready().await.is_ok()
        {
            return Ok(line);
        }
        self.connect().await
    }

    async fn connect(&self) -> Result<Line, ClientError> {
        let socket = TcpSocket::new_v4().map_err(ClientError::Connect)?;
        let source = SocketAddr::V4(SocketAddrV4::new(self.source, 0));
        socket.bind(source).map_err(ClientError::Connect)?;
        let stream = socket.connect(self.target).await.map_err(ClientError::Connect)?;
        let (sender, connection) =
            handshake(TokioIo::new(stream)).await.map_err(ClientError::Exchange)?;
        let driver = tokio::spawn(async move {
            // Its error also reaches the exchange in flight; without one it concerns nobody.
            drop(connection.await);
        });
        Ok(Line { sender, driver })
    }
}

fn broken(error: Box<dyn Error + Send + Sync>) -> ClientError {
    if error.is::<LengthLimitError>() {
        ClientError::BodyTooLarge
    } else {
        ClientError::Body(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(status: u16, kind: &'static str, body: &'static str, expected: Option<&str>) {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, kind.parse().unwrap());
        let answer = Answer { status, headers, body: Bytes::from_static(body.as_bytes()) };
        assert_eq!(answer.refusal().as_deref(), expected);
    }

    #[test]
    fn only_a_problem_with_a_decision_id_is_a_guards_refusal() {
        let body = r#"{"decision_id":"abc"}"#;
        check(403, "application/problem+json", body, Some("abc"));
        check(403, "application/problem+json; charset=utf-8", body, Some("abc"));
        check(403, "application/json", body, None);
        check(400, "application/problem+json", body, Some("abc"));
        check(401, "application/problem+json", body, None);
        check(403, "application/problem+json", r#"{"error":"admins only"}"#, None);
    }
}
