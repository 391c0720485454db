/** What is weak about a shop's endpoints, and what changed there: the advice of the gateway, over made numbers. */
import { verdict } from './apis.mjs';
import { generator } from './random.mjs';

const certificates = 'Require client certificates on the route (`client_certificate: required`), or serve known networks alone (`clients.allow`).';

/** Name, title, OWASP item, weight, how it is held, how it is mended; the gravest first. */
const flaws = [
  ['anonymous_write', 'Callers without a credential change something', 'API2:2023', 70, certificates, 'Require a credential, and check in the application what its holder may change.'],
  ['secret_leaves', 'Answers hold passwords, keys or tokens', 'API3:2023', 65, '', 'Leave the field out of the answer. Tokens belong only into the answer to a log-in, password hashes into none.'],
  ['anonymous_data', 'Personal data goes to callers without a credential', 'API2:2023', 60, certificates, 'Require a credential, and answer only what its holder may see.'],
  ['mixed_authentication', 'Callers with and without a credential are served alike', 'API2:2023', 35, 'Require client certificates on the route (`client_certificate: required`), if all its callers have some.', 'Decide whether the endpoint is public, and refuse calls without a credential if it is not.'],
  ['open_cors', 'Any page may read the answers', 'API8:2023', 30, '', 'Answer `Access-Control-Allow-Origin` only for pages that you know, and never repeat `Origin` together with `Access-Control-Allow-Credentials`.'],
  ['predictable_ids', 'Personal data is found by counting up numbers', 'API1:2023', 25, '', 'Check with each call that the object belongs to the caller; random identifiers make it harder to find what is not checked.'],
  ['talkative_errors', 'Errors tell how the application is built', 'API8:2023', 25, 'Enforce the clause `disclosure.errors`: such answers are replaced.', 'Answer errors with a code, and write the rest to the log.'],
  ['baseline_rate_limit', 'Calls should be limited, and never were', 'API4:2023', 20, 'Set a rate of calls for each client (`clients.rate`).', 'Limit calls for each subject, and announce it with `RateLimit`.'],
  ['no_limit', 'Nothing was ever limited', 'API4:2023', 10, 'Set a rate of calls for each client (`clients.rate`).', 'Limit calls for each subject, and announce it with `RateLimit`.'],
  ['missing_headers', 'Fields that make browsers careful are missing', 'API8:2023', 5, '', 'Answer `X-Content-Type-Options: nosniff`, and over TLS `Strict-Transport-Security`.'],
].map(([flaw, title, owasp, weight, hold, mend]) => ({ flaw, title, owasp, weight, hold, mend }));

/** Which flaw shows where: `seen` of `of`, places. */
function found({ flaw }, row) {
  const { method, template, classes, calls, unauthenticated_percent } = row;
  const anonymous = Math.round((calls * unauthenticated_percent) / 100);
  const writes = method !== 'GET';
  const held = classes.map((name) => `body $.customer.${name}: ${name}`);
  switch (flaw) {
    case 'anonymous_write':
      return writes && classes.length === 0 && row.service !== 'reports' ? [anonymous, calls, []] : null;
    case 'secret_leaves':
      return classes.includes('password_hash') ? [160, 180, ['body $.customer.password_hash: password_hash']] : null;
    case 'anonymous_data':
      return classes.length > 0 && !classes.includes('password') ? [Math.min(18, anonymous), Math.min(calls, 240), held] : null;
    case 'mixed_authentication':
      return !writes && row.service !== 'reports' && unauthenticated_percent >= 30 && unauthenticated_percent < 100 ? [anonymous, calls, []] : null;
    case 'open_cors':
      return template === '/search' || classes.includes('iban') ? [Math.min(90, calls), calls, ['cors_reflected']] : null;
    case 'predictable_ids':
      return template.includes('{orderId}') && classes.length > 0 ? [calls, calls, ['orderId']] : null;
    case 'talkative_errors':
      return row.server_errors > 0 ? [row.server_errors, calls, []] : null;
    case 'baseline_rate_limit':
      return row.service === 'orders' && verdict('rate_limit', row) === 'missing' ? [calls, calls, []] : null;
    case 'no_limit':
      return calls > 6000 && row.service !== 'orders' ? [calls, calls, []] : null;
    default:
      return row.service === 'users' && !template.endsWith('/avatar') ? [calls, calls, ['strict-transport-security', 'x-content-type-options']] : null;
  }
}

/** What the intake of this endpoint did not see. */
function unknown_of({ service, template }) {
  if (service === 'reports') return ['credentials', 'response_heads', 'response_bodies'];
  return template.endsWith('.pdf') || template.endsWith('/avatar') ? ['response_bodies'] : [];
}

export function posture_of(row) {
  const weaknesses = [];
  if (row.service !== 'reports') {
    for (const it of flaws) {
      const [seen, of, places] = found(it, row) ?? [0, 0, []];
      if (seen === 0) continue;
      const { weight, ...said } = it;
      weaknesses.push({ ...said, risk: seen * 10 < of ? Math.max(1, Math.floor((weight * 2) / 3)) : weight, seen, of, places });
    }
  }
  weaknesses.sort((a, b) => b.risk - a.risk);
  const none = weaknesses.reduce((left, { risk }) => Math.floor((left * (100 - risk)) / 100), 1_000_000);
  return { risk: Math.ceil((1_000_000 - none) / 10_000), weaknesses, unknown: unknown_of(row) };
}

/** All weaknesses of these endpoints by flaw, the riskiest first, and what each owes by its service. */
export function ranked(endpoints, duties_of) {
  const all = endpoints.map((row) => ({ row, posture: posture_of(row) }));
  const by_flaw = flaws.flatMap(({ weight: _, ...said }) => {
    const having = all.flatMap(({ row, posture }) =>
      posture.weaknesses
        .filter(({ flaw }) => flaw === said.flaw)
        .map(({ risk, seen, of, places }) => ({ id: row.id, service: row.service, method: row.method, template: row.template, operation: row.operation, risk, seen, of, places })),
    );
    having.sort((a, b) => b.risk - a.risk);
    return having.length > 0 ? [{ ...said, risk: having[0].risk, endpoints: having }] : [];
  });
  by_flaw.sort((a, b) => b.risk * 1000 + b.endpoints.length - (a.risk * 1000 + a.endpoints.length));
  const unknown = (what) => all.filter(({ posture }) => posture.unknown.includes(what)).length;
  return {
    endpoints: all.length,
    weak: all.filter(({ posture }) => posture.weaknesses.length > 0).length,
    unknown: { credentials: unknown('credentials'), outcomes: 0, response_heads: unknown('response_heads'), response_bodies: unknown('response_bodies') },
    flaws: by_flaw,
    baseline: owed(endpoints, duties_of),
  };
}

function owed(endpoints, duties_of) {
  const verdicts = new Map();
  for (const row of endpoints) for (const duty of duties_of(row.service)) verdicts.set(duty, [...(verdicts.get(duty) ?? []), verdict(duty, row)]);
  const count = (all, name) => all.filter((it) => it === name).length;
  return [...verdicts].map(([duty, all]) => ({ duty, endpoints: all.length, met: count(all, 'met'), missing: count(all, 'missing'), unknown: count(all, 'unknown') }));
}

/** How posture went over so many days. */
export function trend(amount, now_ms) {
  const days = Array.from({ length: amount }, (_, at) => amount - at);
  return {
    days: days.map((ago) => ({
      day: new Date(now_ms - ago * 86_400_000).toISOString().slice(0, 10),
      endpoints: 24,
      weak: Math.max(5, 14 - Math.floor((amount - ago) / 5)),
      at_risk: ago > 12 ? 6 : 3,
      flaws: { banner: ago > 8 ? 9 : 4, open_cors: 2 },
    })),
  };
}

const hour_us = 3_600_000_000;

/** `what`, method and template, hours ago, and what is new. */
const happened = [
  ['response_field', 'GET', '/users/{userId}', 2, { place: 'body $.passport', class: 'passport' }],
  ['status', 'GET', '/orders/{orderId}', 5, { status: 403 }],
  ['endpoint', 'POST', '/graphql', 5.5, {}],
  ['endpoint', 'DELETE', '/cart/items/{productId}', 6, {}],
  ['request_field', 'POST', '/orders', 27, { place: 'body $.voucher', class: null }],
  ['response_field', 'GET', '/orders/{orderId}', 29, { place: 'body $.customer.phone', class: 'phone' }],
  ['endpoint', 'GET', '/users/{userId}/sessions/{sessionId}', 50, {}],
  ['status', 'POST', '/orders/{orderId}/refund', 52, { status: 500 }],
  ['request_field', 'GET', '/search', 75, { place: 'query debug', class: null }],
  ['response_value', 'GET', '/orders/{orderId}', 29, { place: 'body $.state', class: null }],
  ['silent', 'GET', '/categories/{category}', 200, {}],
  ['silent', 'GET', '/orders/{orderId}/invoice.pdf', 230, {}],
];

/** What changed, the latest first; `extra` further ones of one service besides. */
export function changes({ endpoints }, extra, now_ms) {
  const random = generator(extra + 11);
  const at_us = (hours) => Math.round(now_ms * 1000 - hours * hour_us);
  const named = ({ id, service, method, template, operation, subjects, calls }) => ({ id, service, method, template, operation, subjects, calls });
  const told = happened.flatMap(([what, method, template, hours, news]) => {
    const row = endpoints.find((it) => it.method === method && it.template === template);
    return row ? [{ at: at_us(hours), what, ...named(row), place: null, class: null, status: null, ...news }] : [];
  });
  const reports = endpoints.filter(({ service }) => service === 'reports');
  const more = Array.from({ length: reports.length > 0 ? extra : 0 }, () => ({ at: at_us(random.between(1, 700)), what: 'endpoint', ...named(random.pick(reports)), place: null, class: null, status: null }));
  return [...told, ...more].sort((a, b) => b.at - a.at);
}
