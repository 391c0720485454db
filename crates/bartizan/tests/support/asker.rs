//! Somebody who asks the control API of an instance.

use super::bartizan::{Bartizan, command, said};
use super::client::{Answer, Client};
use serde_json::{Value, json};
use std::net::SocketAddr;

/// Somebody who asks the API of an instance.
pub struct Asker {
    admin: SocketAddr,
    fields: String,
}

impl Asker {
    /// A browser of an administrator.
    pub fn browser(bartizan: &Bartizan) -> Self {
        let output = command().args(["console", "--data"]).arg(bartizan.data()).output().unwrap();
        let link = said(&output);
        let code = link.trim().rsplit_once("/#/login?code=").unwrap().1.to_owned();
        let it = Self { admin: bartizan.admin, fields: String::new() };
        let answer = it.send("POST", "/api/v1/login", &json!({ "code": code }));
        assert_eq!(answer.status, 200, "{}", answer.text());
        let cookie = answer.field("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        let csrf = json_of(&answer)["csrf"].as_str().unwrap().to_owned();
        Self { fields: format!("Cookie: {cookie}\r\nX-Bartizan-CSRF: {csrf}\r\n"), ..it }
    }

    /// Somebody with a token of this role.
    pub fn of_role(&self, role: &str) -> Self {
        let wanted = json!({"name": role, "role": role, "days": 1});
        let answer = self.send("POST", "/api/v1/tokens", &wanted);
        assert_eq!(answer.status, 201, "{}", answer.text());
        let token = json_of(&answer)["token"].as_str().unwrap().to_owned();
        Self { admin: self.admin, fields: format!("Authorization: Bearer {token}\r\n") }
    }

    /// Asks for anything.
    pub fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut client = Client::connect(self.admin);
        client.send(format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\n{}Content-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.admin,
            self.fields,
            body.len()
        ));
        client.answer()
    }

    /// Asks for a document, which must be there.
    pub fn get(&self, path: &str) -> Value {
        let answer = self.send("GET", path, &Value::Null);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        json_of(&answer)
    }
}

/// The JSON of an answer.
pub fn json_of(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap()
}
