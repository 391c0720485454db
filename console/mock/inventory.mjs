/** What a shop's traffic taught: endpoints with their variables, their callers and their fields. */
import { verdict } from './apis.mjs';
import { posture_of } from './posture.mjs';
import { generator } from './random.mjs';

/** Method, template, service, classes with the most sensitive first, operation within an envelope. Numbers are made. */
const known = [
  ['GET', '/products', 'shop', []],
  ['GET', '/products/{productId}', 'shop', []],
  ['GET', '/products/{productId}/reviews', 'shop', ['full_name']],
  ['POST', '/products/{productId}/reviews', 'shop', ['full_name', 'email']],
  ['GET', '/categories/{category}', 'shop', []],
  ['GET', '/search', 'shop', []],
  ['GET', '/cart', 'shop', ['loyalty_number']],
  ['PUT', '/cart/items/{productId}', 'shop', []],
  ['DELETE', '/cart/items/{productId}', 'shop', []],
  ['GET', '/health', 'shop', []],
  ['GET', '/orders', 'orders', ['full_name']],
  ['POST', '/orders', 'orders', ['payment_card', 'postal_address']],
  ['GET', '/orders/{orderId}', 'orders', ['email', 'full_name', 'postal_address']],
  ['DELETE', '/orders/{orderId}', 'orders', []],
  ['GET', '/orders/{orderId}/items/{itemId}', 'orders', []],
  ['POST', '/orders/{orderId}/refund', 'orders', ['iban']],
  ['GET', '/orders/{orderId}/invoice.pdf', 'orders', []],
  ['POST', '/login', 'users', ['password', 'email']],
  ['POST', '/users', 'users', ['password', 'full_name', 'email']],
  ['GET', '/users/{userId}', 'users', ['password_hash', 'passport', 'full_name', 'email', 'phone']],
  ['PATCH', '/users/{userId}', 'users', ['email', 'phone']],
  ['GET', '/users/{userId}/avatar', 'users', []],
  ['GET', '/users/{userId}/sessions/{sessionId}', 'users', ['ip_address']],
  ['POST', '/graphql', 'shop', ['payment_card'], 'graphql mutation pay'],
  ['POST', '/graphql', 'shop', [], 'graphql query products'],
  ['POST', '/mcp', 'shop', [], 'mcp tools/call search'],
  ['GET', '/metrics/{metric}', 'shop', []],
  ['GET', '/v1/suggest', 'shop', []],
  ['GET', '/v2/suggest', 'shop', []],
];

/** What is said of a class, and how much harm its loss does. */
const data_classes = {
  full_name: ['The name of a person.', 'personal'],
  email: ['An e-mail address.', 'personal'],
  phone: ['A telephone number.', 'personal'],
  postal_address: ['A whole postal address.', 'personal'],
  ip_address: ['An IPv4 or IPv6 address.', 'personal'],
  payment_card: ['The number of a payment card.', 'confidential'],
  iban: ['An international bank account number.', 'confidential'],
  passport: ['The number of a passport.', 'confidential'],
  password: ['A password.', 'secret'],
  password_hash: ['A hashed password.', 'secret'],
  // Of nobody but this configuration, and so in no group.
  loyalty_number: ['A class from the configuration.', 'personal'],
};

const reasons = { category: ['alike', 54], productId: ['form', 0], orderId: ['form', 0], itemId: ['too_many', 1203], sessionId: ['person', 0], userId: ['form', 0], metric: ['description', 0] };
const kinds = { category: 'text', productId: 'integer', orderId: 'integer', itemId: null, sessionId: 'hex', userId: 'uuid', metric: 'text' };

export const is_endpoint_id = (text) => /^[0-9a-f]{16}$/.test(text);

/** `extra` endpoints besides, of one more service, for an inventory of another size. */
export function inventory(seed, extra, now_ms) {
  const random = generator(seed + 5);
  const more = Array.from({ length: extra }, (_, at) => ['GET', `/reports/r${String(at).padStart(4, '0')}`, 'reports', []]);
  const endpoints = [...known, ...more].map(([method, template, service, classes, operation = '']) => {
    const calls = random.between(3, 9000);
    const row = {
      id: random.hex(16),
      service,
      method,
      template,
      operation,
      calls,
      unanswered: 0,
      answers: 'seen',
      client_errors: random.between(0, Math.ceil(calls / 20)),
      server_errors: random.next() < 0.3 ? random.between(1, 9) : 0,
      subjects: Math.ceil(calls / random.between(2, 9)),
      clients: Math.ceil(calls / random.between(3, 12)),
      unauthenticated_percent: classes.length > 0 ? random.between(0, 6) : random.between(0, 100),
      first: (now_ms - 1.2e9) * 1000,
      last: (now_ms - random.between(1, 9_000_000)) * 1000,
      request_fields: template.includes('{') || method !== 'GET' ? 5 : 2,
      response_fields: 6 + classes.length,
      classes,
    };
    return { ...row, risk: posture_of(row).risk };
  });
  const names = [...new Set(endpoints.map(({ service }) => service))];
  const services = names.map((name) => {
    const of = endpoints.filter(({ service }) => service === name);
    return { name, endpoints: of.length, calls: of.reduce((sum, { calls }) => sum + calls, 0), candidates: name === 'shop' ? 40 : 0, full: name === 'reports' ? 12 : 0 };
  });
  return { services, endpoints: endpoints.sort((a, b) => b.calls - a.calls) };
}

function field(place, random, change = {}) {
  const kind = change.kind === undefined ? 'text' : change.kind;
  const share_percent = random.between(40, 100);
  return {
    place,
    share_percent,
    kind,
    kinds: kind === null ? [{ kind: 'integer', count: 151 }, { kind: 'text', count: 12 }] : [{ kind, count: 160 }],
    bytes_min: 1,
    bytes_max: random.between(4, 240),
    distinct: random.between(40, 400),
    few: false,
    enumeration: null,
    times_max: 1,
    types: place.startsWith('body') ? [kind === 'integer' ? 'number' : 'string'] : [],
    class: null,
    ...change,
  };
}

/** Everything known of one endpoint. */
export function detail_of_endpoint(row, duties) {
  const random = generator(parseInt(row.id.slice(-7), 16) || 1);
  const has_body = ['POST', 'PUT', 'PATCH'].includes(row.method);
  const names = [...row.template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const anonymous = Math.round((row.calls * row.unauthenticated_percent) / 100);
  const posture = posture_of(row);
  const classes = row.classes.map((name) => {
    const [says, sensitivity] = data_classes[name];
    // A password is told by its name alone: its values have no form.
    const values = name === 'password' ? 0 : random.between(9, 40);
    return { name, says, sensitivity, confidence_percent: random.between(80, 99), values, passed: values === 0 ? 0 : values - random.between(0, 2), may_mask: !['phone', 'loyalty_number'].includes(name) };
  });
  const request = [
    ...names.map((name, at) => field(`segment ${at + 2}`, random, { kind: kinds[name], share_percent: 100, bytes_max: 8 })),
    field('query limit', random, { kind: 'integer', share_percent: 82, distinct: 4, few: true, bytes_max: 3 }),
    field('query sort', random, { distinct: 2, few: true, enumeration: [104, 58], bytes_min: 4, bytes_max: 4 }),
    ...(has_body ? [field('body $.text', random), ...classes.map((it) => field(`body $.${it.name}`, random, { class: it }))] : []),
  ];
  const response = [
    field('body $.id', random, { kind: 'integer', share_percent: 100 }),
    field('body $.items[*].name', random, { times_max: 120 }),
    field('body $.items[*].price', random, { kind: null, times_max: 120, types: ['string', 'number'] }),
    field('body $.created', random, { kind: 'date', bytes_min: 20, bytes_max: 20 }),
    field('body $.note', random, { types: ['string', 'null'] }),
    ...classes.map((it) => field(`body $.customer.${it.name}`, random, { kind: it.name === 'email' ? 'email' : 'text', class: it, types: it.name === 'phone' ? ['string', 'null'] : ['string'] })),
  ];
  return {
    ...row,
    statuses: [
      { status: row.method === 'POST' ? 201 : 200, count: row.calls },
      ...(row.client_errors > 0 ? [{ status: 404, count: row.client_errors }] : []),
      ...(row.server_errors > 0 ? [{ status: 503, count: row.server_errors }] : []),
    ],
    known_by: [{ kind: 'token_claim', count: row.calls - anonymous }, { kind: 'address_agent', count: anonymous }].filter(({ count }) => count > 0),
    response_bytes_average: random.between(200, 9000),
    variables: names.map((name) => ({ name, kind: kinds[name], reason: reasons[name][0], words: reasons[name][1] })),
    request: { messages: 200, more: 0, fields: request },
    response: posture.unknown.includes('response_bodies') ? { messages: 0, more: 0, fields: [] } : { messages: 180, more: has_body ? 3 : 0, fields: response },
    posture: { ...posture, baseline: duties.map((duty) => ({ duty, verdict: verdict(duty, row) })) },
    relations: relations_of(row, names),
    third_parties: hosts_of(row),
  };
}

/** Whom the messages of one endpoint point to. */
function hosts_of({ id, method, template, operation, calls, subjects }) {
  if (!template.startsWith('/orders')) return [];
  const place = { id, method, template, operation, exchanges: calls, subjects: Math.min(64, subjects) };
  return [
    { ...place, side: 'request', place: 'body $.notify_url', host: '*.hooks.example', address: false, own: false },
    { ...place, side: 'response', place: 'header location', host: 'shop.example', address: false, own: true },
  ];
}

/** Whom all of them point to. */
export function third_parties({ endpoints }) {
  const places = endpoints.flatMap((row) => hosts_of(row).map((it) => ({ ...it, service: row.service })));
  const keys = [...new Set(places.map(({ service, host }) => `${service} ${host}`))].sort();
  const found = keys.map((key) => {
    const of = places.filter(({ service, host }) => `${service} ${host}` === key);
    const { service, host, address, own } = of[0];
    const exchanges = of.reduce((sum, it) => sum + it.exchanges, 0);
    const shown = of.map(({ id, method, template, operation, side, place, exchanges, subjects }) => ({ id, method, template, operation, side, place, exchanges, subjects }));
    return { service, host, address, own, exchanges, subjects: 9, first: 1, last: 2, places: shown.slice(0, 20), more: Math.max(0, shown.length - 20) };
  });
  return { third_parties: found.sort((a, b) => Number(a.own) - Number(b.own)), more: 0, full: 0 };
}

/** What hands out the values of its variables, and who carries the identifiers that it answers. */
function relations_of({ service, method, template, calls, subjects }, names) {
  const here = { service, method, template };
  const numbers = { percent: 97, uses: calls, of: calls, subjects, values: 40, first: 1, last: 2 };
  const list = { service, method: 'GET', template: template.replace(/\/\{.*$/, '') || '/' };
  const takes = names.slice(0, 1).map((name) => ({ ...numbers, from: { ...list, name: '$.items[*].id' }, to: { ...here, name } }));
  const gives = names.length === 0 && method === 'GET'
    ? [{ ...numbers, percent: 88, from: { ...here, name: '$.id' }, to: { service, method: 'GET', template: `${template}/{id}`, name: 'id' } }]
    : [];
  return [...takes, ...gives];
}

/** The least that a description of these endpoints holds. */
export function openapi_of({ endpoints }) {
  const paths = {};
  for (const { method, template } of endpoints) paths[template] = { ...paths[template], [method.toLowerCase()]: { responses: { default: { description: 'as seen' } } } };
  return { openapi: '3.1.0', info: { title: 'inventory', version: '1' }, paths };
}
