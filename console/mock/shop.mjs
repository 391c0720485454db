/** A shop's traffic, generated: endpoints, callers, and what was seen of each exchange. */
import { generator } from './random.mjs';

const endpoints = [
  ['GET', 'GET /products', 'shop'],
  ['GET', 'GET /products/{int}', 'shop'],
  ['POST', 'POST /reviews/{int}', 'shop'],
  ['GET', 'GET /orders/{int}', 'orders'],
  ['POST', 'POST /orders', 'orders'],
  ['GET', 'GET /users/{uuid}', 'users'],
  ['PATCH', 'PATCH /users/{uuid}', 'users'],
  ['GET', 'GET /health', 'shop'],
];

/** What may be met: code, clause, what it means, what the clause says, place, signs. */
export const findings = [
  ['content.sql_injection', 'content.sqli', 'A value reads as SQL that breaks out of the place it was meant for.', 'No value breaks out into SQL.', 'query q', 'union ends_in_comment', true],
  ['content.script_injection', 'content.xss', 'A value reads as script that breaks out of its place in a page.', 'No value breaks out into script.', 'body $.text', 'constructed runs', true],
  ['path.dot_segment', 'baseline.path', 'The path holds `.` or `..` segments, which servers resolve in different ways.', 'The path means the same to every server.', 'path', 'path', true],
  ['body.malformed', 'baseline.body_parse', 'The body is not the JSON that its type promises.', 'The body is what its type says.', 'body $', '', true],
  ['framing.length_and_chunked', 'law.framing', 'Two lengths stand in one head: the classic of request smuggling.', 'The message has one meaning.', 'head', '', false],
  ['disclosure.stack_trace', 'disclosure.errors', 'The response gives away a stack trace.', 'No response gives away stack traces, errors, paths or versions.', 'response body', '', true],
];

export function uuid7(ms, random) {
  const time = ms.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.hex(3)}-${random.pick(['8', '9', 'a', 'b'])}${random.hex(3)}-${random.hex(12)}`;
}

export const micros = (ms) => new Date(ms).toISOString().replace('Z', '000Z');

/** One exchange that ended at `ms`. */
export function exchange_at(ms, random, subjects) {
  const [method, endpoint, route] = random.pick(endpoints);
  const luck = random.next();
  const row = {
    id: uuid7(ms, random),
    time: micros(ms),
    method,
    endpoint,
    route,
    outcome: 'served',
    status: method === 'POST' ? 201 : 200,
    judged_us: random.between(6, 60),
    total_us: random.between(400, 9000),
    request_bytes: method === 'GET' ? 0 : random.between(40, 2400),
    response_bytes: random.between(80, 24_000),
    subject: random.pick(subjects),
    subject_kind: 'address_agent',
    verified: false,
    trace: random.next() < 0.4 ? random.hex(32) : null,
    codes: [],
    effect: null,
    revision: 3,
  };
  if (luck < 0.03) {
    const [code, clause] = random.pick(findings);
    const is_law = clause.startsWith('law.');
    const is_scrub = clause.startsWith('disclosure.');
    const is_refused = is_law || random.next() < 0.4;
    row.codes = [code];
    row.effect = is_scrub ? (is_refused ? 'scrubbed' : 'would_scrub') : is_refused ? 'refused' : 'would_refuse';
    if (row.effect === 'refused') Object.assign(row, { outcome: 'refused', status: is_law ? 400 : 403, response_bytes: 214, total_us: row.judged_us + 40 });
  } else if (luck < 0.035) Object.assign(row, { outcome: 'upstream_failed', status: 502, codes: ['upstream.connect'], response_bytes: 190 });
  else if (luck < 0.04) Object.assign(row, { outcome: 'client_aborted', status: 0, response_bytes: 0 });
  else if (luck < 0.043) Object.assign(row, { codes: ['content.sql_injection'], effect: 'excepted' });
  return row;
}

/** The newest exchange first, over the last `hours`. */
export function exchanges(seed, amount, hours, now_ms) {
  const random = generator(seed);
  const subjects = Array.from({ length: 40 }, () => random.hex(32));
  const step_ms = (hours * 3_600_000) / amount;
  return Array.from({ length: amount }, (_, at) =>
    exchange_at(Math.floor(now_ms - (at + random.next() * 0.9) * step_ms), random, subjects),
  );
}

/** Everything known of one exchange. */
export function detail_of(row, now_ms) {
  const random = generator(parseInt(row.id.slice(-8), 16) || 1);
  const known = findings.filter(([code]) => row.codes.includes(code));
  const is_refused = row.outcome === 'refused';
  const said = {
    refused: `was refused with status ${row.status}`,
    served: `was served with status ${row.status}`,
    upstream_failed: 'failed: the API could not be reached',
    client_aborted: 'ended because the client left',
  };
  const expires = new Date(now_ms + 29 * 86_400_000).toISOString().slice(0, 10);
  const evidence = (place, signs) => ({ place, bytes: random.between(12, 90), signs: signs ? signs.split(' ') : [], score: 0.98 + random.between(0, 19) / 1000, value: random.hex(16) });
  return {
    ...row,
    headline: `${row.endpoint} ${said[row.outcome] ?? row.outcome}`,
    rules: { revision: row.revision, source: 'bartizan.yaml' },
    phases: {
      judged_us: row.judged_us,
      forwarded_us: is_refused ? null : row.judged_us + 60,
      answered_us: is_refused ? null : Math.floor(row.total_us * 0.85),
      finished_us: row.total_us,
    },
    version: 'HTTP/1.1',
    request_head_bytes: random.between(180, 900),
    oddities: known.length > 0 && random.next() < 0.5 ? ['encoded_slash'] : [],
    why: known.map(([code, clause, means, clause_says, place, signs, may_allow]) => ({
      code,
      clause,
      effect: row.effect,
      means,
      clause_says,
      configured: row.effect === 'refused' ? 'enforced by bartizan.yaml:3:5' : 'observed by bartizan.yaml:14:3',
      evidence: [evidence(place, signs)],
      would_allow: may_allow
        ? {
            yaml: `exceptions:\n  - clause: ${clause}\n    endpoint: '${row.endpoint}'\n    field: '${place}'\n    reason: why this is legitimate\n    expires: ${expires}\n`,
            exception: { clause, endpoint: row.endpoint, field: place, expires },
          }
        : null,
    })),
    facts: [
      { side: 'request', place: 'path', kind: 'string', bytes: random.between(4, 30), score: 0, value: random.hex(16) },
      ...known.map(([, , , , place]) => ({ side: 'request', place, kind: 'string', bytes: random.between(12, 90), score: 0.995, value: random.hex(16) })),
      { side: 'response', place: 'body $.id', kind: 'number', bytes: 4, score: 0, value: random.hex(16) },
    ],
    sample: known.length > 0 ? { id: `s-${row.id.slice(-6)}`, captured: row.time } : null,
    lines: [
      { at_us: 0, text: 'request head received' },
      { at_us: row.judged_us, text: is_refused ? 'judged: refused' : 'judged: admitted' },
      ...(is_refused ? [] : [{ at_us: row.judged_us + 60, text: 'forwarded to 10.0.0.7:3000' }]),
      { at_us: row.total_us, text: 'response finished' },
    ],
  };
}
