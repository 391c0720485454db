/** Objects of a shop, generated: who used those of others, who was given one. */
import { generator } from './random.mjs';
import { micros, uuid7 } from './shop.mjs';

const kinds = [
  ['ownership.answer', 'ownership.foreign_object', 'GET /orders/{int}', 'response', 'body $.customerId', 'GET /me', 'body $.customerId'],
  ['provenance.reference', 'provenance.foreign_reference', 'GET /orders/{int}', 'request', 'segment 2', 'POST /orders', 'body $.orderId'],
  ['ownership.request', 'ownership.foreign_request', 'GET /users/{uuid}', 'request', 'segment 2', 'GET /me', 'body $.id'],
];
const effects = ['refused', 'refused', 'would_refuse', 'excepted'];

function use_at(ms, random, is_witnessed) {
  const [clause, code, endpoint, side, place, given_by, given_at] = random.pick(kinds);
  const effect = random.pick(effects);
  const is_cut = side === 'response' && effect === 'refused' && random.next() < 0.3;
  const is_refused = effect === 'refused';
  return {
    exchange: uuid7(ms, random),
    time: micros(ms),
    endpoint,
    endpoint_id: null,
    route: 'orders',
    side,
    place,
    object: random.hex(16),
    clause,
    code,
    effect,
    cut: is_cut,
    outcome: is_refused ? 'refused' : 'served',
    status: is_refused && !is_cut ? 403 : 200,
    subject: random.hex(32),
    subject_kind: random.pick(['api_key', 'token_claim', 'cookie']),
    verified: false,
    witness: is_witnessed
      ? { subject: random.hex(32), subject_kind: 'token_claim', verified: false, exchange: uuid7(ms - 3_600_000, random), time: micros(ms - 3_600_000), endpoint: given_by, endpoint_id: null, place: given_at, others: random.pick([0, 0, 1, 20]), more_others: false }
      : null,
  };
}

/** Uses across owners, the newest first. */
export function uses_of(seed, amount, now_ms) {
  const random = generator(seed + 41);
  return Array.from({ length: amount }, (_, at) => use_at(now_ms - (at + 1) * 420_000, random, at % 7 !== 3));
}

const scan = (now_ms, is_cut) => ({ exchanges: is_cut ? 203_118 : 4_312, without_values: 1_288, from: micros(now_ms - 172_800_000), cut: is_cut });

/** The page of the list that a query asks for. */
export function list_uses(all, query, now_ms, is_cut) {
  const wanted = (name, of) => !query.get(name) || query.get(name) === of;
  const found = all.filter((it) => wanted('endpoint', it.endpoint) && wanted('subject', it.subject) && wanted('clause', it.clause)
    && (query.get('held_back') !== 'true' || it.effect === 'refused') && (!query.get('before') || it.exchange < query.get('before')));
  const uses = found.slice(0, Number(query.get('limit')) || 100);
  return { uses, next: found.length > uses.length ? uses.at(-1).exchange : null, scan: scan(now_ms, is_cut) };
}

/** What is kept of one object. */
export function history_of_object(all, object, now_ms, is_cut) {
  const random = generator(parseInt(object.slice(-8), 16) || 1);
  const used = all.find((it) => it.object === object);
  const empty = { object, uses: [], more_uses: 0, given: [], named: [], elsewhere: [], more: 0, scan: scan(now_ms, is_cut) };
  if (!used) return empty;
  const { witness, ...use } = used;
  const at = (ms) => ({ exchange: uuid7(ms, random), time: micros(ms) });
  const holding = (subject, endpoint, side, place, times, foreign) => ({
    subject, subject_kind: 'token_claim', verified: false, endpoint, endpoint_id: null, operation: '', route: 'orders', side, place, times,
    foreign, held_back: use.effect === 'refused' ? foreign : 0, first: at(now_ms - 90_000_000), last: at(now_ms - 1_200_000),
  });
  const owner = witness?.subject ?? random.hex(32);
  return {
    ...empty,
    uses: [use],
    given: witness ? [holding(owner, witness.endpoint, 'response', witness.place, 214, 0), holding(owner, 'GET /orders', 'response', 'body $[*].customerId', 31, 0)] : [],
    named: use.side === 'request' ? [holding(owner, use.endpoint, 'request', use.place, 12, 0), holding(use.subject, use.endpoint, 'request', use.place, 1, 1)] : [],
    elsewhere: [holding(random.hex(32), 'POST /reviews/{int}', 'request', 'body $.stars', 3, 0)],
    more: is_cut ? 41 : 0,
  };
}
