/**
 * The control API, played: everything of it that the console uses, over generated data, with the page itself and its
 * Content-Security-Policy. A login code says who comes and what is wrong: `#/login?code=admin`,
 * `viewer`, `analyst+hostile`, `admin+slow+badledger`. Modes: `hostile`, `empty`, `slow`, `bypass`, `fault`, `observe`,
 * `badledger`, `burst`, `failing`, `many`, `undescribed`, `agreed`.
 *
 *   node mock/server.mjs [--port 9441] [--dist dist] [--seed 7]
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { parseArgs } from 'node:util';
import { api_of, first_confirmed, retirements, with_said } from './apis.mjs';
import { contract_of, decide, diff_of, first_contract, history_of, roll_back } from './contract.mjs';
import { drift } from './drift.mjs';
import { hostile } from './hostile.mjs';
import { detail_of_endpoint, inventory, is_endpoint_id, openapi_of, third_parties } from './inventory.mjs';
import { ledger } from './ledger.mjs';
import { history_of_object, list_uses, uses_of } from './objects.mjs';
import { changes, ranked, trend } from './posture.mjs';
import { generator } from './random.mjs';
import { detail_of, exchange_at, exchanges, micros } from './shop.mjs';

const { values: flags } = parseArgs({
  options: { port: { type: 'string', default: '9441' }, dist: { type: 'string', default: 'dist' }, seed: { type: 'string', default: '7' } },
});
const seed = Number(flags.seed);
const roles = ['viewer', 'analyst', 'operator', 'admin'];
const policy =
  "default-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const kept_when_hostile = new Set(['role', 'csrf']);

const began_ms = Date.now();
const all_exchanges = exchanges(seed, 4000, 48, began_ms);
const all_uses = uses_of(seed, 240, began_ms);
const shop_inventory = inventory(seed, 0, began_ms);
const large_inventory = inventory(seed, 1200, began_ms);
const shop_ledger = ledger(seed, 127, began_ms);
const sessions = new Map();
let sessions_made = 0;

class Refusal extends Error {
  constructor(status, code, title, detail) {
    super(title);
    Object.assign(this, { status, code, title, detail });
  }
}

function new_session(code) {
  const [role, ...modes] = code.split('+');
  if (!roles.includes(role)) throw new Refusal(401, 'console.code', 'the code is not known or was used', undefined);
  sessions_made += 1;
  const random = generator(seed + sessions_made);
  const session = {
    id: random.hex(32),
    me: { name: 'console', role, csrf: random.hex(32), expires: micros(Date.now() + 8 * 3_600_000) },
    modes: new Set(modes),
    counter: { at: sessions_made },
    bypass: modes.includes('bypass') ? { until: micros(Date.now() + 1_500_000), reason: 'orders fail since the release' } : null,
    exceptions: modes.includes('empty') ? [] : [
      { id: 'e1', clause: 'content.sqli', endpoint: 'POST /reviews/{int}', field: 'body $.text', reason: 'people review databases here', expires: '2027-01-31', by: 'bartizan.yaml:12:3', created: null, removable: false },
      { id: 'e2', clause: 'baseline.path', endpoint: null, field: null, reason: 'old mobile app, until its next release', expires: '2026-12-21', by: 'console', created: micros(began_ms - 86_400_000), removable: true },
    ],
    tokens: modes.includes('empty') ? [] : [
      { id: 't1', name: 'grafana', role: 'viewer', created: micros(began_ms - 9e8), expires: micros(began_ms + 2e9), last_used: micros(began_ms - 60_000), prefix: 'btz_ab12' },
      { id: 't2', name: 'nightly export', role: 'analyst', created: micros(began_ms - 4e8), expires: micros(began_ms + 1e9), last_used: null, prefix: 'btz_9f00' },
    ],
    silences: modes.includes('empty') ? [] : [{ id: 'q1', code: 'path.dot_segment', until: micros(began_ms + 7_200_000), reason: 'scan by our own team' }],
    hunts: modes.includes('empty') ? [] : [
      { name: 'refused-by-subject', title: 'Who was refused most', says: 'Refusals by caller, most first.', sql: "select subject, count(*) as refused\nfrom exchanges\nwhere outcome = 'refused'\ngroup by subject\norder by refused desc", shipped: true },
      { name: 'slowest', title: 'Slowest endpoints', says: 'Endpoints by their slowest hundredth.', sql: 'select endpoint, approx_percentile(total_us, 0.99) as p99_us\nfrom exchanges\ngroup by endpoint\norder by p99_us desc', shipped: true },
      { name: 'my-hunt', title: 'Reviews with findings', says: 'Saved in the console.', sql: "select * from decisions where endpoint = 'POST /reviews/{int}'", shipped: false },
    ],
    confirmed: modes.includes('empty') ? new Map() : first_confirmed(),
    contract: modes.includes('empty') ? null : first_contract(began_ms),
    next_id: 10,
  };
  sessions.set(session.id, session);
  return session;
}

function overview(session, minutes) {
  const now_ms = Date.now();
  const step_s = minutes <= 180 ? 60 : Math.ceil(minutes / 120) * 60;
  const steps = Math.max(1, Math.floor((minutes * 60) / step_s));
  const from_ms = Math.floor((now_ms - steps * step_s * 1000) / 60_000) * 60_000;
  const is_empty = session.modes.has('empty');
  const random = generator(seed + minutes);
  const series = { step_s, from: micros(from_ms), served: [], refused: [], would_refuse: [], failed: [] };
  for (let at = 0; at < steps; at += 1) {
    const wave = 90 + 50 * Math.sin((from_ms / 1000 + at * step_s) / 1400);
    const scale = is_empty ? 0 : step_s / 60;
    series.served.push(Math.round((wave + random.between(-14, 14)) * scale));
    series.refused.push(Math.round((random.next() < 0.25 ? random.between(1, 4) : 0) * scale));
    series.would_refuse.push(Math.round((random.next() < 0.5 ? random.between(1, 7) : 0) * scale));
    series.failed.push(Math.round((random.next() < 0.08 ? random.between(1, 3) : 0) * scale));
  }
  const sum = (list) => list.reduce((total, value) => total + value, 0);
  const refused = sum(series.refused);
  const would = session.modes.has('observe') ? sum(series.would_refuse) + refused : sum(series.would_refuse);
  const is_faulty = session.modes.has('fault');
  return {
    now: micros(now_ms),
    version: '0.1.0',
    started: micros(began_ms - 266_000_000),
    uptime_s: 266_000 + Math.round((now_ms - began_ms) / 1000),
    mode: session.modes.has('observe') ? 'observe' : 'mixed',
    revision: 3,
    loaded: micros(began_ms - 9_300_000),
    health: is_faulty ? { ready: false, reason: 'the journal cannot be written: no space left on device' } : { ready: true, reason: null },
    bypass: session.bypass,
    clauses: session.modes.has('observe') ? { enforced: 0, observed: 12, off: 1 } : { enforced: 5, observed: 7, off: 1 },
    totals: {
      exchanges: sum(series.served) + refused + sum(series.failed),
      refused: session.modes.has('observe') ? 0 : refused,
      would_refuse: would,
      scrubbed: is_empty ? 0 : 4,
      failed_open: 0,
      upstream_failed: sum(series.failed),
      client_aborted: is_empty ? 0 : 9,
      lost: 0,
    },
    latency: is_empty ? { judge_p50_us: 0, judge_p99_us: 0, total_p50_us: 0, total_p99_us: 0 } : { judge_p50_us: 14, judge_p99_us: 83, total_p50_us: 1900, total_p99_us: 12_400 },
    series,
    top: is_empty ? { codes: [], endpoints: [] } : {
      codes: [{ code: 'content.sql_injection', count: 61 }, { code: 'path.dot_segment', count: 22 }, { code: 'content.script_injection', count: 14 }, { code: 'body.malformed', count: 9 }, { code: 'framing.length_and_chunked', count: 2 }],
      endpoints: [
        { endpoint: 'GET /products', count: 2410, refused: 14, would_refuse: 41 },
        { endpoint: 'GET /orders/{int}', count: 1204, refused: 1, would_refuse: 9 },
        { endpoint: 'POST /reviews/{int}', count: 644, refused: 9, would_refuse: 30 },
        { endpoint: 'GET /users/{uuid}', count: 402, refused: 0, would_refuse: 2 },
        { endpoint: 'POST /orders', count: 377, refused: 0, would_refuse: 0 },
      ],
    },
    gaps: is_empty ? [] : [{ at: micros(now_ms - 1_100_000), lost: 12 }],
    ledger: { size: 127, checkpoint: micros(now_ms - 120_000), anchored_size: 117, anchored: micros(now_ms - 3_600_000) },
    store: { segments: 12, bytes: 123_456_789, rows: 1_048_211, oldest: micros(began_ms - 1.9e9), forecast_days: is_empty ? null : 41.5, fault: is_faulty ? 'segment 12 is not readable past byte 66,560' : null },
    upstreams: is_empty ? [] : [
      { name: 'orders', addresses: [{ host: '10.0.0.7', port: 3000, is: 'well' }, { host: '10.0.0.8', port: 3000, is: 'open' }] },
      { name: 'users', addresses: [{ host: 'users.internal', port: 443, is: 'failing' }] },
    ],
    alerts: is_empty ? { targets: 0, failing: 0, spooled: 0 } : { targets: 2, failing: 1, spooled: 3 },
  };
}

function age_ms(text) {
  const match = /^(\d+)([smhd])$/.exec(text ?? '');
  return match ? Number(match[1]) * { s: 1e3, m: 6e4, h: 3.6e6, d: 8.64e7 }[match[2]] : Infinity;
}

function list_exchanges(session, query) {
  if (session.modes.has('empty')) return { exchanges: [], next: null };
  const since = Date.now() - age_ms(query.get('since'));
  const limit = Math.min(1000, Number(query.get('limit')) || 100);
  const has = (name, of) => !query.get(name) || of(query.get(name));
  let found = all_exchanges.filter(
    (row) =>
      Date.parse(row.time) >= since &&
      has('outcome', (value) => row.outcome === value) &&
      has('effect', (value) => row.effect === value) &&
      has('code', (value) => row.codes.some((code) => code.startsWith(value))) &&
      has('endpoint', (value) => row.endpoint.includes(value)) &&
      has('subject', (value) => row.subject.startsWith(value)) &&
      has('q', (value) => JSON.stringify(row).toLowerCase().includes(value.toLowerCase())),
  );
  const before = query.get('before');
  if (before) found = found.slice(found.findIndex((row) => row.id === before) + 1);
  const page = found.slice(0, limit);
  return { exchanges: page, next: found.length > limit ? page.at(-1).id : null };
}

function inventory_of(session) {
  return session.modes.has('many') ? large_inventory : shop_inventory;
}

function list_inventory(session, query) {
  if (session.modes.has('empty')) return { state: 'learning', behind: 0, services: [], endpoints: [], more: 0 };
  const { services, endpoints } = inventory_of(session);
  const limit = Math.min(5000, Number(query.get('limit')) || 500);
  const search = (query.get('search') ?? '').toLowerCase();
  const service = query.get('service');
  const marks = marks_of(session);
  const found = endpoints.map((row) => with_said(row, session.confirmed, marks)).filter(
    (row) => (!service || row.service === service) && `${row.method} ${row.template} ${row.operation}`.toLowerCase().includes(search),
  );
  const is_learning = session.modes.has('fault');
  return { state: is_learning ? 'learning' : 'ready', behind: is_learning ? 1812 : 0, services, endpoints: found.slice(0, limit), more: Math.max(0, found.length - limit) };
}

function list_posture(session, query) {
  const service = query.get('service');
  const duties_of = (name) => api(session, name).baseline.duties;
  return ranked(session.modes.has('empty') ? [] : inventory_of(session).endpoints.filter((row) => !service || row.service === service), duties_of);
}

const marks_of = (session) => (session.modes.has('empty') ? [] : retirements(inventory_of(session).endpoints, began_ms));
const api = (session, name) => api_of(name, inventory_of(session).endpoints, session.confirmed, marks_of(session), began_ms);

function list_apis(session, query) {
  const service = query.get('service');
  const names = session.modes.has('empty') ? [] : inventory_of(session).services.map(({ name }) => name).sort();
  const faults = session.modes.has('fault') ? ['profiles.json, line 3: is not what was written'] : [];
  return { apis: names.filter((name) => !service || name === service).map((name) => api(session, name)), faults };
}

function list_contract(session, query) {
  return session.contract ? contract_of(session.contract, query.get('service')) : { revision: 0, clauses: [], releases: [] };
}

/** What a decision gives, or what is wrong with it. */
function decided(fault, answer) {
  if (!fault) return answer();
  const [status, detail] = fault;
  throw new Refusal(status, { 404: 'api.not_found', 409: 'api.conflict', 422: 'api.invalid' }[status], status === 409 ? 'not as things are' : 'this cannot be used', detail);
}

const profile_forms = { audience: /^(public|partner|internal)$/, subject_kind: /^(person|workload|aggregate|none)$/, tenant: /^(host|path:([1-9]|1[0-6])|claim:[!-~]{1,63})$/, environment: /^[a-z0-9._-]{1,63}$/ };

function confirm_profile(session, name, body) {
  for (const [key, value] of Object.entries(body)) {
    if (!Object.hasOwn(profile_forms, key)) throw new Refusal(422, 'input', 'the body is not as described', `unknown field \`${key}\``);
    if (value !== null && !profile_forms[key].test(value)) throw new Refusal(422, 'input', 'what was sent cannot be used', `${key}: \`${value}\` is none of them`);
  }
  const is_there = inventory_of(session).services.some((it) => it.name === name);
  if (!is_there && !session.modes.has('hostile')) throw new Refusal(404, 'not_found', 'there is no such thing', undefined);
  const said = Object.fromEntries(Object.keys(profile_forms).map((key) => [key, body[key] ?? null]));
  if (Object.values(said).every((value) => value === null)) session.confirmed.delete(name);
  else session.confirmed.set(name, said);
  return api(session, name);
}

function list_changes(session, query) {
  const limit = Math.min(1000, Number(query.get('limit')) || 200);
  const since = Number(query.get('since')) || 0;
  const all = session.modes.has('empty') ? [] : changes(inventory_of(session), session.modes.has('many') ? 1100 : 0, began_ms);
  const found = all.filter(({ at }) => at >= since);
  return { changes: found.slice(0, limit), more: Math.max(0, found.length - limit) };
}

function list_drift(session, query) {
  const service = query.get('service');
  const { services, undescribed } = drift(inventory_of(session), session.modes, began_ms);
  return { services: services.filter((it) => !service || it.service === service), undescribed: undescribed.filter((it) => !service || it === service) };
}

const schema = {
  views: [
    { name: 'exchanges', says: 'one row per exchange', columns: [['time', 'timestamp', 'when it ended'], ['id', 'text', 'decision id'], ['endpoint', 'text', 'method and template'], ['outcome', 'text', 'what became of it'], ['status', 'integer', 'status sent'], ['subject', 'text', 'keyed hash of the caller'], ['judged_us', 'integer', 'time to judge'], ['total_us', 'integer', 'whole time']].map(([name, type, says]) => ({ name, type, says })) },
    { name: 'decisions', says: 'one row per violated clause', columns: [['time', 'timestamp', 'when'], ['code', 'text', 'what was met'], ['clause', 'text', 'what it violates'], ['effect', 'text', 'what came of it'], ['endpoint', 'text', 'where']].map(([name, type, says]) => ({ name, type, says })) },
  ],
};

function hunt_rows(sql) {
  if (/from\s+nothing/i.test(sql)) return { columns: [{ name: 'n', type: 'integer' }], rows: [] };
  if (/group by/i.test(sql)) {
    const counts = new Map();
    for (const row of all_exchanges) for (const code of row.codes) counts.set(code, (counts.get(code) ?? 0) + 1);
    return { columns: [{ name: 'code', type: 'text' }, { name: 'times', type: 'integer' }], rows: [...counts].sort((a, b) => b[1] - a[1]) };
  }
  const names = ['time', 'id', 'endpoint', 'outcome', 'status', 'subject', 'total_us', 'trace'];
  const types = { time: 'timestamp', status: 'integer', total_us: 'integer' };
  return { columns: names.map((name) => ({ name, type: types[name] ?? 'text' })), rows: all_exchanges.map((row) => names.map((name) => row[name])) };
}

async function run_hunt(session, body, response) {
  const is_slow = session.modes.has('slow');
  const shape = (line) => `${JSON.stringify(session.modes.has('hostile') ? hostile(line, session.counter) : line)}\n`;
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  if (typeof body.sql !== 'string') throw new Refusal(422, 'input', 'the SQL is missing', undefined);
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson', 'Cache-Control': 'no-store' });
  const say = (line) => response.write(shape(line));
  if (!/^\s*(select|with)\b/i.test(body.sql)) {
    say({ error: { code: 'hunt.sql', detail: `expected SELECT or WITH at line 1, column 1, found "${body.sql.trim().split(/\s/)[0]}"` } });
    return response.end();
  }
  const { columns, rows } = hunt_rows(body.sql);
  const shown = session.modes.has('empty') ? [] : rows.slice(0, Math.min(body.limit ?? 1000, 10_000));
  let is_gone = false;
  response.on('close', () => (is_gone = true));
  for (let done = 1; done <= 12; done += 1) {
    say({ progress: { segments_done: done, segments: 12, rows_scanned: done * 8333 } });
    if (done === 3) say({ columns });
    if (done >= 3) {
      const part = shown.slice(Math.floor(((done - 3) * shown.length) / 10), Math.floor(((done - 2) * shown.length) / 10));
      if (part.length > 0) say({ rows: part });
    }
    await pause(is_slow ? 700 : 10);
    if (is_gone) return undefined;
  }
  say({ done: { rows: shown.length, elapsed_ms: 321, segments_read: 12, segments_pruned: 4, rows_scanned: 100_000, memory_peak: 12_345_678, truncated: shown.length < rows.length } });
  return response.end();
}

function run_live(session, query, request, response) {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  const random = generator(seed + 99);
  const subjects = all_exchanges.slice(0, 20).map((row) => row.subject);
  const is_empty = session.modes.has('empty');
  const say = (event, data, id) => {
    const line = JSON.stringify(session.modes.has('hostile') ? hostile(data, session.counter) : data);
    response.write(`event: ${event}\n${id ? `id: ${id}\n` : ''}data: ${line}\n\n`);
  };
  const one = () => {
    const row = exchange_at(Date.now(), random, subjects);
    if (row.outcome === 'served' && random.next() < 0.2) Object.assign(row, { codes: ['content.sql_injection'], effect: 'would_refuse' });
    all_exchanges.unshift(row);
    if (query.get('outcome') && query.get('outcome') !== row.outcome) return;
    if (query.get('code') && !row.codes.includes(query.get('code'))) return;
    say('exchange', row, row.id);
  };
  const state = () => {
    const { health, revision, bypass, totals } = overview(session, 60);
    say('state', { ...health, revision, bypass, totals });
  };
  response.write(': hello\n\n');
  state();
  // A client that comes back gets what followed the last id that it saw.
  const last_id = request.headers['last-event-id'];
  const missed = last_id ? all_exchanges.findIndex((row) => row.id === last_id) : 0;
  if (!is_empty) for (const row of all_exchanges.slice(0, Math.max(0, missed)).reverse()) say('exchange', row, row.id);
  if (!is_empty) for (let at = 0; at < (session.modes.has('burst') ? 1200 : 24); at += 1) one();
  if (session.modes.has('burst')) say('skipped', { count: 4210 });
  const timers = [
    setInterval(() => !is_empty && one(), session.modes.has('slow') ? 60_000 : 400),
    setInterval(state, 2000),
    setInterval(() => response.write(': beat\n\n'), 15_000),
  ];
  response.on('close', () => timers.forEach(clearInterval));
}

const settings = [
  ['listen', 'listen.address', '0.0.0.0:8080', '127.0.0.1:8080', 'bartizan.yaml:3:12', 'Where clients connect.'],
  ['listen', 'listen.workers', '2', 'one a core', 'environment BARTIZAN_WORKERS', 'How many threads judge and forward.'],
  ['limits', 'limits.body_bytes_max', 'unlimited', 'unlimited', 'default', 'The largest body that passes.'],
  ['limits', 'limits.inspect_bytes_max', '1 MiB', '1 MiB', 'default', 'The largest body that is examined whole.'],
  ['limits', 'limits.memory_bytes_max', '512 MiB', '80 % of what there is', 'flag --memory', 'Where new calls are shed.'],
  ['clauses', 'clauses.content.sqli', 'enforce', 'the mode', 'bartizan.yaml:14:3', 'No value breaks out into SQL.'],
  ['clauses', 'clauses.baseline.path', 'observe', 'the mode', 'bartizan.yaml:15:3', 'The path means the same to every server.'],
  ['data', 'data.journal_bytes_max', '256 MiB', '256 MiB', 'default', 'How much the journal keeps.'],
].map(([section, key, value, standard, origin, says]) => ({ section, key, value, default: standard, origin, says }));

/** The table of the API: method, path, least role, answer. */
const table = [
  ['GET', /^\/overview$/, 'viewer', ({ session, query }) => overview(session, Math.max(1, Number(query.get('minutes')) || 60))],
  ['GET', /^\/exchanges$/, 'viewer', ({ session, query }) => list_exchanges(session, query)],
  ['GET', /^\/exchanges\/([^/]+)$/, 'viewer', ({ session, args }) => {
    const row = all_exchanges.find(({ id }) => id === args[0]) ?? (session.modes.has('hostile') ? all_exchanges.find(({ codes }) => codes.length > 0) : undefined);
    if (!row) throw new Refusal(404, 'exchange.unknown', 'no such exchange', undefined);
    return detail_of(row, Date.now());
  }],
  ['GET', /^\/objects$/, 'viewer', ({ session, query }) => list_uses(session.modes.has('empty') ? [] : all_uses, query, began_ms, session.modes.has('many'))],
  ['GET', /^\/objects\/([0-9a-f]{16})$/, 'viewer', ({ session, args }) => history_of_object(session.modes.has('empty') ? [] : all_uses, session.modes.has('hostile') ? all_uses[0].object : args[0], began_ms, session.modes.has('many'))],
  ['GET', /^\/inventory$/, 'viewer', ({ session, query }) => list_inventory(session, query)],
  ['GET', /^\/inventory\/openapi$/, 'viewer', ({ session }) => openapi_of(inventory_of(session))],
  ['GET', /^\/inventory\/([^/]+)$/, 'viewer', ({ session, args }) => {
    if (!is_endpoint_id(args[0])) throw new Refusal(404, 'inventory.unknown', 'no such endpoint', undefined);
    const { endpoints } = inventory_of(session);
    const row = endpoints.find(({ id }) => id === args[0]) ?? (session.modes.has('hostile') ? endpoints[3] : undefined);
    if (!row) throw new Refusal(404, 'inventory.unknown', 'no such endpoint', undefined);
    return detail_of_endpoint(with_said(row, session.confirmed, marks_of(session)), api(session, row.service).baseline.duties);
  }],
  ['GET', /^\/posture\/trend$/, 'viewer', ({ session }) => (session.modes.has('empty') ? { days: [] } : trend(40, began_ms))],
  ['GET', /^\/third-parties$/, 'viewer', ({ session }) => third_parties(session.modes.has('empty') ? { endpoints: [] } : inventory_of(session))],
  ['GET', /^\/posture$/, 'viewer', ({ session, query }) => list_posture(session, query)],
  ['GET', /^\/changes$/, 'viewer', ({ session, query }) => list_changes(session, query)],
  ['GET', /^\/drift$/, 'viewer', ({ session, query }) => list_drift(session, query)],
  ['GET', /^\/apis$/, 'viewer', ({ session, query }) => list_apis(session, query)],
  ['PUT', /^\/apis\/([^/]+)\/profile$/, 'operator', ({ session, args, body }) => confirm_profile(session, args[0], body)],
  ['GET', /^\/contract$/, 'viewer', ({ session, query }) => list_contract(session, query)],
  ['GET', /^\/contract\/history$/, 'viewer', ({ session }) => (session.contract ? history_of(session.contract) : { revision: 0, changes: [], releases: [] })],
  ['GET', /^\/contract\/diff$/, 'viewer', ({ session, query }) => diff_of(session.contract, query.get('from'), query.get('to')) ?? undefined],
  ['PUT', /^\/contract\/([^/]+)$/, 'operator', ({ session, args, body }) => decided(decide(session.contract, args[0], body, Date.now()), () => contract_of(session.contract, null))],
  ['POST', /^\/contract\/rollback$/, 'operator', ({ session, body }) => decided(roll_back(session.contract, body, Date.now()), () => history_of(session.contract))],
  ['GET', /^\/retirement$/, 'viewer', ({ session, query }) => {
    const service = query.get('service');
    return { retirements: marks_of(session).filter((it) => !service || it.service === service) };
  }],
  ['GET', /^\/exceptions$/, 'viewer', ({ session }) => ({ exceptions: session.exceptions })],
  ['POST', /^\/exceptions$/, 'operator', ({ session, body }) => {
    if (!body.clause || !body.reason || !body.expires) throw new Refusal(422, 'input', 'clause, reason and end are needed', undefined);
    if (body.clause.startsWith('law.')) throw new Refusal(422, 'exception.law', 'no exception lifts the law', undefined);
    const made = { id: `e${session.next_id++}`, clause: body.clause, endpoint: body.endpoint ?? null, field: body.field ?? null, reason: body.reason, expires: body.expires, by: 'console', created: micros(Date.now()), removable: true };
    session.exceptions = [...session.exceptions, made];
    return [201, made];
  }],
  ['DELETE', /^\/exceptions\/([^/]+)$/, 'operator', ({ session, args }) => {
    const is_there = session.exceptions.some(({ id, removable }) => id === args[0] && removable);
    if (!is_there && !session.modes.has('hostile')) throw new Refusal(404, 'exception.unknown', 'no such exception', undefined);
    session.exceptions = session.exceptions.filter(({ id }) => id !== args[0]);
    return [204];
  }],
  ['POST', /^\/bypass$/, 'operator', ({ session, body }) => (session.bypass = { until: micros(Date.now() + body.minutes * 60_000), reason: String(body.reason) })],
  ['DELETE', /^\/bypass$/, 'operator', ({ session }) => {
    session.bypass = null;
    return [204];
  }],
  ['GET', /^\/hunt\/schema$/, 'analyst', () => schema],
  ['GET', /^\/hunt\/saved$/, 'analyst', ({ session }) => ({ hunts: session.hunts })],
  ['PUT', /^\/hunt\/saved\/([^/]+)$/, 'analyst', ({ session, args, body }) => {
    session.hunts = [...session.hunts.filter(({ name }) => name !== args[0]), { name: args[0], title: body.title, says: body.says ?? '', sql: body.sql, shipped: false }];
    return {};
  }],
  ['DELETE', /^\/hunt\/saved\/([^/]+)$/, 'analyst', ({ session, args }) => {
    session.hunts = session.hunts.filter(({ name }) => name !== args[0]);
    return [204];
  }],
  ['GET', /^\/ledger$/, 'viewer', () => shop_ledger.state()],
  ['GET', /^\/ledger\/entries$/, 'viewer', ({ session, query }) =>
    session.modes.has('empty') ? { entries: [], next: null } : shop_ledger.page(Number(query.get('limit')) || 100, query.has('before') ? Number(query.get('before')) : undefined)],
  ['GET', /^\/ledger\/entries\/(\d+)\/proof$/, 'viewer', ({ session, args }) => {
    const proof = shop_ledger.proof(Number(args[0]), session.modes.has('badledger'));
    if (!proof) throw new Refusal(404, 'ledger.entry', 'no such entry', undefined);
    return proof;
  }],
  ['POST', /^\/ledger\/verify$/, 'analyst', ({ session }) =>
    session.modes.has('badledger')
      ? { ok: false, size: 127, root: shop_ledger.root(), elapsed_ms: 12, faults: [{ what: 'the entry does not hash to its leaf', at: 41 }] }
      : { ok: true, size: 127, root: shop_ledger.root(), elapsed_ms: 12, faults: [] }],
  ['GET', /^\/samples$/, 'analyst', () => ({ samples: all_exchanges.filter(({ codes }) => codes.length > 0).slice(0, 20).map(({ id, time }) => ({ id: `s-${id.slice(-6)}`, exchange: id, captured: time, why: 'finding', bytes: 812 })) })],
  ['POST', /^\/samples\/([^/]+)\/reveal$/, 'analyst', ({ body }) => {
    if (!body.reason) throw new Refusal(422, 'input', 'a reason is needed', undefined);
    return {
      request_head: 'POST /reviews/17 HTTP/1.1\nHost: shop.example\nContent-Type: application/json\nAuthorization: [redacted]',
      request_body: '{"text":"a\' UNION SELECT name FROM users--","email":"[redacted]"}',
      response_head: 'HTTP/1.1 403 Forbidden\nContent-Type: application/problem+json',
      response_body: null,
      redacted: ['body $.email', 'field authorization'],
    };
  }],
  ['GET', /^\/settings$/, 'operator', ({ session }) => ({
    file: 'bartizan.yaml', revision: 3, loaded: micros(began_ms - 9_300_000),
    fault: session.modes.has('fault') ? 'bartizan.yaml:12:8: unknown mode "enforced", expected observe or enforce' : null,
    settings: session.modes.has('empty') ? [] : settings,
    restart_needed: ['listen.address changes with the next start'],
  })],
  ['GET', /^\/tokens$/, 'admin', ({ session }) => ({ tokens: session.tokens })],
  ['POST', /^\/tokens$/, 'admin', ({ session, body }) => {
    const random = generator(seed + session.next_id);
    const token = `btz_${random.hex(40)}`;
    const made = { id: `t${session.next_id++}`, name: body.name, role: body.role, created: micros(Date.now()), expires: micros(Date.now() + body.days * 86_400_000), last_used: null, prefix: token.slice(0, 8) };
    session.tokens = [...session.tokens, made];
    return [201, { id: made.id, token, expires: made.expires }];
  }],
  ['DELETE', /^\/tokens\/([^/]+)$/, 'admin', ({ session, args }) => {
    session.tokens = session.tokens.filter(({ id }) => id !== args[0]);
    return [204];
  }],
  ['GET', /^\/alerts$/, 'operator', ({ session }) => ({
    targets: session.modes.has('empty') ? [] : [
      { name: 'soc', kind: 'webhook', to: 'https://soc.example/…', state: 'well', last_error: null, sent: 12, spooled: 0 },
      { name: 'archive', kind: 'syslog', to: 'udp://10.0.0.9:514', state: 'failing', last_error: 'connection refused', sent: 4, spooled: 3 },
    ],
    silences: session.silences,
  })],
  ['POST', /^\/alerts\/test$/, 'operator', ({ body }) => (body.target === 'archive' ? { delivered: false, detail: 'connection refused' } : { delivered: true, detail: '204 in 12 ms' })],
  ['POST', /^\/alerts\/silences$/, 'operator', ({ session, body }) => {
    session.silences = [...session.silences, { id: `q${session.next_id++}`, code: body.code, until: micros(Date.now() + body.minutes * 60_000), reason: body.reason }];
    return [201, {}];
  }],
  ['DELETE', /^\/alerts\/silences\/([^/]+)$/, 'operator', ({ session, args }) => {
    session.silences = session.silences.filter(({ id }) => id !== args[0]);
    return [204];
  }],
];

/** The least that OpenAPI asks of a description: which paths there are. */
function description() {
  const paths = {};
  for (const [method, form] of table) {
    const path = form.source.replace(/[\^$]|\\(?=\/)/g, '').replace(/\(.*?\)/g, '{id}');
    paths[path] = { ...paths[path], [method.toLowerCase()]: { responses: { default: { description: 'see the documentation' } } } };
  }
  return { openapi: '3.1.0', info: { title: 'bartizan control API, played', version: '0.1.0' }, paths };
}

async function body_of(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  const raw = Buffer.concat(parts).toString('utf8');
  if (!raw) return {};
  try {
    return JSON.parse(raw);
  } catch {
    throw new Refusal(422, 'input', 'the body is no JSON', undefined);
  }
}

function send_json(response, status, value, type = 'application/json', headers = {}) {
  response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store', ...headers });
  response.end(value === undefined ? undefined : JSON.stringify(value));
}

async function answer(request, response, address) {
  const path = address.pathname.slice('/api/v1'.length);
  const cookie = /(?:^|; )bartizan_session=([0-9a-f]+)/.exec(request.headers.cookie ?? '')?.[1];
  const session = cookie ? sessions.get(cookie) : undefined;
  if (path === '/login' && request.method === 'POST') {
    const { code } = await body_of(request);
    if (code === 'busy') {
      return send_json(response, 429, { code: 'login.throttled', title: 'too many attempts', status: 429 }, 'application/problem+json', { 'Retry-After': '30' });
    }
    const made = new_session(String(code));
    return send_json(response, 200, made.me, 'application/json', { 'Set-Cookie': `bartizan_session=${made.id}; HttpOnly; SameSite=Strict; Path=/` });
  }
  if (path === '/openapi.json') return send_json(response, 200, description());
  if (!session) throw new Refusal(401, 'login.needed', 'not logged in', undefined);
  if (request.method !== 'GET' && request.headers['x-bartizan-csrf'] !== session.me.csrf) throw new Refusal(403, 'login.csrf', 'the CSRF token is missing', undefined);
  if (path === '/logout' && request.method === 'POST') {
    sessions.delete(session.id);
    return send_json(response, 204);
  }
  const shape = (value) => (session.modes.has('hostile') ? hostile(value, session.counter, kept_when_hostile) : value);
  if (path === '/me') return send_json(response, 200, shape(session.me));
  if (session.modes.has('slow')) await new Promise((resolve) => setTimeout(resolve, 400));
  if (session.modes.has('failing')) throw new Refusal(503, 'store.unavailable', 'the store is not open', 'it is being recovered');
  const has = (role) => {
    if (roles.indexOf(session.me.role) < roles.indexOf(role)) throw new Refusal(403, 'role.too_low', 'the role is too low', `this takes ${role}`);
  };
  if (path === '/live' && request.method === 'GET') return run_live(session, address.searchParams, request, response);
  if (path === '/hunt' && request.method === 'POST') {
    has('analyst');
    return run_hunt(session, await body_of(request), response);
  }
  for (const [method, form, role, handle] of table) {
    const match = method === request.method ? form.exec(path) : null;
    if (!match) continue;
    has(role);
    const args = match.slice(1).map(decodeURIComponent);
    const body = method === 'GET' ? {} : await body_of(request);
    const result = handle({ session, query: address.searchParams, args, body });
    const [status, value] = Array.isArray(result) ? result : [200, result];
    return send_json(response, status, value === undefined ? undefined : shape(value));
  }
  throw new Refusal(404, 'not_found', 'no such thing', undefined);
}

const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

async function page(response, path) {
  const name = path === '/' ? 'index.html' : normalize(path).replace(/^(\.\.[/\\])+/, '');
  try {
    const content = await readFile(join(flags.dist, name));
    response.writeHead(200, {
      'Content-Type': types[extname(name)] ?? 'application/octet-stream',
      'Content-Security-Policy': policy,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
    });
    response.end(content);
  } catch {
    response.writeHead(404);
    response.end();
  }
}

const server = createServer((request, response) => {
  const address = new URL(request.url, 'http://127.0.0.1');
  if (!address.pathname.startsWith('/api/v1/')) return void page(response, address.pathname);
  answer(request, response, address).catch((error) => {
    if (response.headersSent) return response.end();
    const refusal = error instanceof Refusal ? error : new Refusal(500, 'mock', error.message, error.stack);
    const { status, code, title, detail } = refusal;
    return send_json(response, status, { type: `urn:bartizan:code:${code}`, title, status, code, detail }, 'application/problem+json');
  });
});

server.listen(Number(flags.port), '127.0.0.1', () => {
  const { port } = server.address();
  console.log(`http://127.0.0.1:${port}/#/login?code=admin`);
});
