/** What people say of a shop's APIs: who owns them, their profiles, what they owe, and what of them goes. */

const day_ms = 86_400_000;
const day = (ms) => new Date(ms).toISOString().slice(0, 10);

const duties_of = { public: ['tls'], partner: ['credential', 'rate_limit'], internal: ['mtls', 'scopes'] };
const nothing = { audience: null, subject_kind: null, tenant: null, environment: null };

/** What the file says, and what traffic proposes. */
const said = {
  orders: {
    owner: 'Ada Berg',
    team: 'checkout',
    tags: ['payments', 'pci'],
    configured: { ...nothing, environment: 'production' },
    baseline: ['credential', 'rate_limit', 'described', 'scopes'],
    proposed: {
      audience: ['partner', 'callers show keys, from few public addresses', 8120, 8840],
      subject_kind: ['workload', 'tokens name the client itself as their subject', 8012, 8120],
      tenant: [null, 'no variable stands behind a word such as `orgs`', 0, 8840],
    },
  },
  shop: {
    owner: 'Mara Lind',
    team: 'storefront',
    tags: ['web'],
    configured: { ...nothing, audience: 'public', subject_kind: 'none', environment: 'production' },
    proposed: {
      audience: ['public', 'it was called from 20 public addresses or more', 512, 530],
      subject_kind: ['person', 'callers show tokens or cookies, each its own', 3011, 9000],
      tenant: [null, 'no variable stands behind a word such as `orgs`', 0, 9000],
    },
  },
  users: {
    configured: nothing,
    proposed: {
      audience: ['internal', 'almost all addresses are private', 198, 204],
      subject_kind: [null, 'fewer than 50 calls tell', 31, 31],
      tenant: ['path:2', 'a variable stands behind `orgs`', 8, 31],
    },
  },
};
/** What is confirmed at first. */
export const first_confirmed = () => new Map([['orders', { ...nothing, audience: 'partner', tenant: 'claim:tid' }]]);

const of_nobody = { configured: nothing, proposed: { audience: [null, 'fewer than 50 calls tell', 3, 3], subject_kind: [null, 'fewer than 50 calls tell', 3, 3], tenant: [null, 'fewer than 50 calls tell', 3, 3] } };
const of = (name) => said[name] ?? of_nobody;

function part(name, own, confirmed) {
  const configured = own.configured[name];
  const [value, reason, seen, all] = own.proposed[name] ?? [];
  const source = configured !== null ? 'configured' : confirmed[name] !== null ? 'confirmed' : null;
  return { value: configured ?? confirmed[name], source, configured, confirmed: confirmed[name], proposed: reason === undefined ? null : { value, reason, seen, of: all } };
}

export function api_of(name, endpoints, confirmed_by_name, marks, now_ms) {
  const own = of(name);
  const found = confirmed_by_name.get(name);
  const parts = Object.fromEntries(Object.keys(nothing).map((it) => [it, part(it, own, found ?? nothing)]));
  const duties = own.baseline ?? duties_of[parts.audience.value] ?? [];
  const its = endpoints.filter(({ service }) => service === name);
  return {
    service: name,
    owner: own.owner ?? null,
    team: own.team ?? null,
    tags: own.tags ?? [],
    endpoints: its.length,
    calls: its.reduce((sum, { calls }) => sum + calls, 0),
    retiring: marks.filter(({ service }) => service === name).length,
    ...parts,
    confirmed_by: found ? 'console' : null,
    confirmed_at: found ? (now_ms - 3 * day_ms) * 1000 : null,
    baseline: { duties, source: own.baseline ? 'configured' : duties.length > 0 ? 'audience' : null },
  };
}

/** What each row says of its API, and of its own mark. */
export function with_said(row, confirmed_by_name, marks) {
  const own = of(row.service);
  const mark = marks.find(({ endpoints }) => endpoints.includes(row.id));
  return {
    ...row,
    owner: own.owner ?? null,
    team: own.team ?? null,
    tags: own.tags ?? [],
    audience: own.configured.audience ?? confirmed_by_name.get(row.service)?.audience ?? null,
    retires: mark ? { deprecated: mark.deprecated, sunset: mark.sunset, link: mark.link } : null,
  };
}

/** Whether a duty is met, as far as these numbers tell. */
export function verdict(duty, { service, template, calls, unauthenticated_percent }) {
  if (service === 'reports') return 'unknown';
  const is_met = {
    tls: true,
    mtls: false,
    credential: unauthenticated_percent <= 5,
    scopes: null,
    rate_limit: calls < 200 ? null : calls < 6000,
    described: service !== 'users',
    no_query_credentials: template !== '/search',
  }[duty];
  return is_met === null ? 'unknown' : is_met ? 'met' : 'missing';
}

/** Of each mark: service, method, path, state, days since it is deprecated and until its last one, and its calls. */
const marked = [
  ['orders', null, '/orders/{id}/refund', 'called', 40, 127, [812, 31, 0], 0.2],
  ['shop', 'GET', '/v1/suggest', 'overdue', 200, -10, [5210, 9, 12], 0.5],
  ['shop', 'GET', '/v0/cart', 'waiting', 2, null, [0, 0, 0], null],
  ['orders', 'GET', '/orders/{orderId}/invoice.pdf', 'ready', 90, 30, [41, 0, 0], 11],
  ['users', 'GET', '/users/{userId}/avatar', 'gone', 300, -60, [77, 0, 0], 80],
];
const kinds = ['token_claim', 'api_key', 'address_agent'];

export function retirements(endpoints, now_ms) {
  return marked.map(([service, method, path, state, since, left, [calls, recent_calls, late_calls], last_days]) => {
    const fits = (row) => row.service === service && (method === null || row.method === method) && row.template.replace(/\{\w+\}/g, '{}') === path.replace(/\{\w+\}/g, '{}');
    return {
      service,
      method,
      path,
      state,
      deprecated: day(now_ms - since * day_ms),
      sunset: left === null ? null : day(now_ms + left * day_ms),
      days_left: left === null ? null : Math.max(0, left),
      link: service === 'orders' ? 'https://developer.example.com/v2' : null,
      calls,
      recent_calls,
      late_calls,
      callers: calls === 0 ? [] : kinds.map((kind, at) => ({ kind, calls: Math.ceil(calls / (at + 2)), subjects: at + 2 })),
      last: last_days === null ? null : (now_ms - last_days * day_ms) * 1000,
      endpoints: endpoints.filter(fits).map(({ id }) => id),
    };
  });
}
