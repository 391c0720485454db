//! Whether the peers whose word is taken for a client's address can be the right ones.

use super::Finding;
use crate::config::{ClientSource, Settings};
use std::net::IpAddr;

const KEY: &str = "trusted_proxies";

pub(super) fn examine(settings: &Settings) -> Vec<Finding> {
    believed(settings).into_iter().chain(proxy_protocol(settings)).collect()
}

/// What the header of the PROXY protocol and the fields of HTTP say must not contradict each other.
fn proxy_protocol(settings: &Settings) -> Option<Finding> {
    let key = "listen.proxy_protocol";
    if !settings.listen.proxy_protocol {
        return None;
    }
    Some(match settings.clients.source {
        ClientSource::Peer => {
            Finding::good(key, "the header of the PROXY protocol names the client")
                .hinting("every connection has to begin with one, those of health checks too")
        }
        ClientSource::XForwardedFor | ClientSource::Forwarded => Finding::warning(
            key,
            "clients.source asks a field, which is believed only if the address that the PROXY \
             header names is in trusted_proxies too",
            "set clients.source to peer, unless a second trusted proxy stands before the first",
        ),
    })
}

fn believed(settings: &Settings) -> Vec<Finding> {
    let listen = settings.listen.address.value.ip().to_canonical();
    let trusted = &settings.trusted_proxies;
    let everybody: [IpAddr; 2] = [[0, 0, 0, 0].into(), [0; 16].into()];
    // Two blocks of half the addresses each are everybody too; nobody writes that by a slip.
    let is_everybody = |text: &str| everybody.iter().any(|it| text == format!("{it}/0"));
    if trusted.iter().any(|it| is_everybody(&it.to_string())) {
        return vec![everybody_is_believed(listen)];
    }
    if trusted.is_empty() {
        return vec![nobody_is_believed(listen)];
    }
    let loopback: [IpAddr; 2] = [[127, 0, 0, 1].into(), "::1".parse().unwrap_or(listen)];
    let can_be_met = loopback.iter().any(|peer| trusted.iter().any(|it| it.contains(*peer)));
    if listen.is_loopback() && !can_be_met {
        return vec![Finding::warning(
            KEY,
            format!("none of them reaches {listen}, which only this machine does"),
            "name 127.0.0.1 or ::1 if the proxy runs here, or listen where the proxy connects",
        )];
    }
    let proxies = if trusted.len() == 1 { "block is" } else { "blocks are" };
    let says = format!("{} {proxies} believed about the address of a client", trusted.len());
    vec![Finding::good(KEY, says).hinting(
        "each must set or remove X-Forwarded-For and Forwarded itself, or clients choose their \
         own address",
    )]
}

fn everybody_is_believed(listen: IpAddr) -> Finding {
    let says = "everybody is believed, so that each client chooses its own address";
    let mend = "name the proxies in front of bartizan and nobody else";
    if listen.is_loopback() {
        Finding::warning(KEY, says, mend)
    } else {
        Finding::problem(KEY, says, mend)
    }
}

fn nobody_is_believed(listen: IpAddr) -> Finding {
    let good = Finding::good(KEY, "X-Forwarded-For is believed of nobody");
    if listen.is_loopback() {
        good
    } else {
        good.hinting(
            "behind a load balancer all clients have its address: name it, and only it, then",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;
    use crate::config::{Overrides, Source};

    #[track_caller]
    fn check(listen: &str, trusted: &str, level: Level, says: &str) {
        let text = format!(
            "version: 1\nupstream: {{url: 'http://a'}}\nlisten: {{address: '{listen}:8080'}}\n\
             trusted_proxies: [{trusted}]\n"
        );
        let source = Source { name: String::new(), bytes: text.into_bytes() };
        let settings = Settings::read(&source, &Overrides::default(), 0).unwrap().settings;
        let findings = examine(&settings);
        let [finding] = findings.as_slice() else { panic!("{findings:?}") };
        assert_eq!(finding.level, level, "{finding}");
        assert!(finding.to_string().contains(says), "{finding}");
    }

    #[test]
    fn believing_everybody_is_a_problem_where_others_reach_us() {
        check("0.0.0.0", "0.0.0.0/0", Level::Problem, "chooses its own address");
        check("[::]", "10.0.0.0/8, '::/0'", Level::Problem, "nobody else");
        check("127.0.0.1", "0.0.0.0/0", Level::Warning, "chooses its own address");
    }

    #[test]
    fn believing_nobody_is_fine_and_a_hint_where_others_reach_us() {
        check("127.0.0.1", "", Level::Good, "of nobody\n");
        check("0.0.0.0", "", Level::Good, "behind a load balancer");
    }

    #[test]
    fn the_proxy_protocol_and_fields_are_one_too_many() {
        for (source, level) in [
            ("peer", Level::Good),
            ("x-forwarded-for", Level::Warning),
            ("forwarded", Level::Warning),
        ] {
            let text = format!(
                "version: 1\nupstream: {{url: 'http://a'}}\nlisten: {{proxy_protocol: true}}\n\
                 trusted_proxies: [127.0.0.1]\nclients: {{source: {source}}}\n"
            );
            let it = Source { name: String::new(), bytes: text.into_bytes() };
            let settings = Settings::read(&it, &Overrides::default(), 0).unwrap().settings;
            let findings = examine(&settings);
            assert_eq!(findings.last().unwrap().level, level, "{findings:?}");
        }
    }

    #[test]
    fn a_proxy_that_cannot_reach_us_is_doubtful() {
        check("127.0.0.1", "10.0.0.0/8", Level::Warning, "none of them reaches 127.0.0.1");
        check("127.0.0.1", "127.0.0.0/8", Level::Good, "1 block is believed");
        check("[::1]", "10.0.0.0/8, '::1'", Level::Good, "2 blocks are believed");
        check("0.0.0.0", "10.0.0.0/8", Level::Good, "clients choose");
    }
}
