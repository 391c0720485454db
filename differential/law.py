"""The law of conservation: what must come out, given what went in, and nothing besides.

Every field that the client sent is forwarded as it is, or removed by one of the named rules; no field
appears that was not sent, but for the named additions. Written from the RFCs and from README.md, not
from the product's code.

Source   RFC 9110 sections 7.6 (connection fields) and 7.8 (upgrade), RFC 9112 section 6, RFC 9113
         sections 8.2 and 8.3.
"""

import re

# Rule "connection": fields that speak of one connection (RFC 9110 section 7.6.1), and `Proxy`, which
# CGI turns into a setting. Rule "framing": written anew. Names count with `_` for `-` too.
CONNECTION = {b"connection", b"keep-alive", b"proxy-connection", b"proxy", b"proxy-authenticate",
              b"proxy-authorization", b"te", b"trailer", b"upgrade", b"http2-settings", b"expect"}
FRAMING = {b"content-length", b"transfer-encoding"}
# Rule "origin": claims of where a request came from; the proxy knows better.
ORIGIN = {b"forwarded", b"via", b"x-real-ip", b"true-client-ip", b"x-client-ip",
          b"x-cluster-client-ip", b"cf-connecting-ip", b"x-host", b"x-rewrite-url",
          b"x-envoy-original-path"}
# Rule "nominated": fields named by `Connection`; but not these, which a client must not strip off.
END_TO_END = {b"authorization", b"cookie", b"user-agent", b"traceparent", b"x-api-key", b"api-key", b"apikey",
              b"x-auth-token", b"x-access-token", b"content-type", b"content-encoding",
              b"accept-encoding", b"date", b"host"}
BODY_IS_EXPECTED = {b"POST", b"PUT", b"PATCH"}


def removed_by(name, options):
    """The rule by which a field does not pass, or None."""
    folded = name.lower().replace(b"_", b"-")
    if folded == b"host":
        return "host"
    if folded in FRAMING:
        return "framing"
    if folded in CONNECTION:
        return "connection"
    if folded in ORIGIN or folded.startswith((b"x-forwarded-", b"x-original-")):
        return "origin"
    if name.lower() in options and folded not in END_TO_END:
        return "nominated"
    return None


def expected(message, default_host, peer=b"127.0.0.1"):
    """`(method, target, fields, body)` of the forwarded message; the framing field stands as
    `(b"framing", ...)`, because it has several lawful forms."""
    options = message.options()
    host = message.authority or default_host
    fields = [(b"host", host)]
    fields += [it for it in message.fields if not removed_by(it[0], options)]
    if message.version == b"1.1" and b"upgrade" in options:
        protocols = message.values(b"upgrade")
        if protocols and protocols[0].lower() == b"websocket":
            fields += [(b"connection", b"upgrade"), (b"upgrade", protocols[0])]
    return message.method, message.target, fields + added(message, host, peer), message.body


def expected_http2(pairs, body, peer=b"127.0.0.1"):
    """The same for HTTP/2, from the field list of a well-formed request."""
    pseudo = {name: value for name, value in pairs if name.startswith(b":")}
    rest = [it for it in pairs if not it[0].startswith(b":")]
    named = [value for name, value in rest if name == b"host"]
    host = pseudo.get(b":authority") or named[0]
    cookies = [value for name, value in rest if name == b"cookie"]
    fields = [(b"host", host)]
    fields += [it for it in rest if it[0] != b"cookie" and not removed_by(it[0], [])]
    if cookies:
        fields.append((b"cookie", b"; ".join(cookies)))  # RFC 9113 section 8.2.3
    # The frame library cuts a fragment off before anybody sees it.
    method, target = pseudo[b":method"], pseudo[b":path"].split(b"#")[0]
    shape = Shape(method, body, "length" if body else "none")
    return method, target, fields + added(shape, host, peer), body


class Shape:
    def __init__(self, method, body, framing):
        self.method, self.body, self.framing = method, body, framing


def added(message, host, peer):
    tail = [(b"framing", b"some" if message.framing != "none" else b"none")]
    if message.body and message.method not in BODY_IS_EXPECTED:
        tail.append((b"connection", b"close"))
    return tail + [(b"x-forwarded-for", peer), (b"x-real-ip", peer), (b"x-forwarded-host", host),
                   (b"x-forwarded-proto", b"http")]


def difference(want, got, is_http2=False):
    """What a forwarded message lacks, has too much or has otherwise; None if nothing. Coming from
    HTTP/2, fields of one name may stand together: only their order among themselves has a meaning
    (RFC 9110 section 5.3)."""
    method, target, fields, body = want
    if got.method != method:
        return f"method {got.method!r}, not {method!r}"
    if got.target != target:
        return f"target {got.target!r}, not {target!r}"
    if got.body != body:
        return f"body of {len(got.body)} bytes, not the {len(body)} that were sent"
    return fields_difference(fields, got, is_http2)


def fields_difference(want, got, is_http2):
    is_framing = lambda it: it[0].lower() in FRAMING
    framings = [it for it in got.fields if is_framing(it)]
    wanted = next(value for name, value in want if name == b"framing")
    lawful = {b"none": [[], [(b"content-length", b"0")]],
              b"some": [[(b"content-length", b"%d" % len(got.body))],
                        [(b"transfer-encoding", b"chunked")]]}[wanted]
    if not got.body:
        lawful = lawful + [[]]
    if framings not in lawful:
        return f"framing {framings!r}"
    # An unread body must not be found in front of a next request, however it is framed.
    closing = [(b"connection", b"close")]
    if got.body == b"" and got.framing == "chunked" and got.method not in BODY_IS_EXPECTED:
        want = want[:-4] + closing + want[-4:]
    sent = [it for it in want if it[0] != b"framing"]
    came = [it for it in got.fields if not is_framing(it)]
    by_name = lambda it: it[0]
    if sent == came or (is_http2 and sorted(sent, key=by_name) == sorted(came, key=by_name)):
        return None
    lacking, extra = list(sent), []
    for it in came:
        lacking.remove(it) if it in lacking else extra.append(it)
    if not lacking and not extra:
        return "fields in another order"
    return f"fields lacking {lacking[:3]!r}, too many {extra[:8]!r}"


def is_well_formed_http2(pairs, body, has_end):
    """Why RFC 9113 section 8 calls a request malformed; None if it does not. `has_end`: whether the
    stream was ended in order."""
    pseudo, seen_regular = {}, False
    if not has_end:
        return "not ended"
    for name, value in pairs:
        if name.startswith(b":"):
            if seen_regular or name in pseudo:
                return "pseudo-field repeated or late"
            if name not in (b":method", b":scheme", b":path", b":authority"):
                return "pseudo-field unknown"
            pseudo[name] = value
        else:
            seen_regular = True
            if not re.fullmatch(rb"[!#$%&'*+\-.^_`|~0-9a-z]+", name):
                return "field name"
        if re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", value) or value != value.strip(b" \t"):
            return "field value"
    method, path = pseudo.get(b":method"), pseudo.get(b":path")
    if method is None or path is None or pseudo.get(b":scheme") not in (b"http", b"https"):
        return "pseudo-field missing or malformed"
    if not re.fullmatch(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+", method) or method == b"CONNECT":
        return "method"
    if not re.fullmatch(rb"/[\x21-\x7e\x80-\xff]*", path) and (method, path) != (b"OPTIONS", b"*"):
        return "path"
    rest = [it for it in pairs if not it[0].startswith(b":")]
    hosts = [value for name, value in rest if name == b"host"]
    authority = pseudo.get(b":authority")
    if len(hosts) > 1 or (authority is None and not hosts):
        return "host"
    if hosts and authority is not None and hosts[0].lower() != authority.lower():
        return "host differs from authority"
    if not re.fullmatch(rb"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._~!$&'()*+,;=%]+)(?::[0-9]*)?",
                        authority if authority is not None else hosts[0]):
        return "authority"
    for name, value in rest:
        folded = name.replace(b"_", b"-")
        if folded in (b"connection", b"keep-alive", b"proxy-connection", b"transfer-encoding",
                      b"upgrade", b"http2-settings"):
            return "connection field"
        if folded == b"te" and value.lower() != b"trailers":
            return "connection field"
        if name == b"content_length":
            return "connection field"
    lengths = [value for name, value in rest if name == b"content-length"]
    if lengths and (len(lengths) > 1 or not re.fullmatch(rb"[0-9]+", lengths[0])
                    or int(lengths[0]) != len(body)):
        return "length"
    return None
