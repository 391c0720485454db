/** What descriptions of a shop's services say against what its traffic shows: made differences, in the exact shapes. */

const day_us = 86_400_000_000;

const nothing = { candidates: 0, merged: 0, long: 0, requests: 0, request_bodies: 0, responses: 0, undescribed: 0, fields: 0, required: 0, headers: 0 };

/** Of each service that is described: its source, days ago, operations, and what differs, by path and method. */
const described = [
  {
    service: 'orders',
    source: 'openapi/orders.yaml',
    days: 3,
    operations: 9,
    not_seen: { candidates: 0, merged: 1, requests: 1, request_bodies: 1, responses: 1, headers: 4 },
    differences: [
      ['PUT', '/orders/{id}', [], 'never_called'],
      ['DELETE', '/orders/{orderId}', ['/orders/{orderId}'], 'undeclared_method', 'declared are GET, PUT'],
      ['GET', '/orders/{id}', ['/orders/{orderId}'], 'undeclared_status', 403, [41, 8120]],
      ['GET', '/orders/{id}', ['/orders/{orderId}'], 'undeclared_field', ['response', 'body $.customer.phone', 'the description does not name it, nor forbid it'], [180, 180]],
      ['GET', '/orders/{id}', ['/orders/{orderId}'], 'changed_type', ['response', 'body $.id', 'declared string, seen integer'], [180, 180]],
      ['GET', '/orders/{id}', ['/orders/{orderId}'], 'missing', ['response', 'body $.currency', 'required, and not there'], [12, 180]],
      ['GET', '/orders/{id}/invoice.pdf', ['/orders/{orderId}/invoice.pdf'], 'deprecated', 'deprecated, ends 2027-03-31, and still called'],
      ['POST', '/orders', ['/orders'], 'undeclared_field', ['request', 'body $.voucher', 'the description forbids further ones'], [3, 200]],
    ],
  },
  {
    service: 'shop',
    source: 'shop.postman_collection.json',
    days: 40,
    operations: 14,
    without_base: true,
    not_seen: { candidates: 40, long: 2, undescribed: 9, fields: 1, required: 3 },
    differences: [
      ['GET', '/categories', [], 'never_called'],
      ['POST', '/graphql', ['/graphql'], 'undeclared_path', 'the path is not declared'],
      ['POST', '/mcp', ['/mcp'], 'undeclared_path', 'the path is not declared'],
      ['GET', '/search', ['/search'], 'undeclared_field', ['request', 'query debug', 'the description does not name it, nor forbid it'], [2, 200]],
      ['DELETE', '/v1/cart', [], 'never_called'],
      ['GET', '/v1/suggest', ['/v1/suggest'], 'superseded', '/v2/suggest is newer, and called as well'],
    ],
  },
];

const never = 'declared, and no call was answered with success';

function difference([method, path, templates, what, said, share], own) {
  const found = own.filter((it) => it.method === method && templates.includes(it.template));
  const shown = (ids, calls, last, side, place, says) => ({ method, path, ids, what, side, place, seen: calls[0], of: calls[1], last, says });
  if (what === 'never_called') return [shown([], [0, 0], 0, null, null, never)];
  if (what === 'undeclared_status') return [shown(found.map(({ id }) => id), share, 0, 'response', String(said), `status ${said} is not declared`)];
  if (share) return [shown(found.map(({ id }) => id), share, 0, ...said)];
  // Endpoints that are not declared differ one by one.
  return found.map(({ id, calls, last }) => shown([id], [calls, calls], last, null, null, said));
}

/** With `agreed`, nothing differs; with `undescribed`, nobody described anything; with `many`, a great deal is never called. */
export function drift({ services, endpoints }, modes, now_ms) {
  const names = modes.has('empty') ? [] : services.map(({ name }) => name).sort();
  const by_name = new Map(modes.has('undescribed') ? [] : described.map((it) => [it.service, it]));
  const unused = Array.from({ length: modes.has('many') ? 300 : 0 }, (_, at) => ['GET', `/unused/u${String(at).padStart(3, '0')}`, [], 'never_called']);
  const of = ({ service, source, days, operations, without_base = false, not_seen, differences }) => {
    const own = endpoints.filter((it) => it.service === service);
    const all = modes.has('agreed') ? [] : [...differences, ...(service === 'shop' ? unused : [])].flatMap((it) => difference(it, own));
    all.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.method < b.method ? -1 : a.method > b.method ? 1 : 0));
    return { service, source, at: now_ms * 1000 - days * day_us, operations, endpoints: own.length, without_base, differences: all, not_seen: { ...nothing, ...not_seen } };
  };
  return {
    services: names.flatMap((name) => (by_name.has(name) ? [of(by_name.get(name))] : [])),
    undescribed: names.filter((name) => !by_name.has(name)),
  };
}
