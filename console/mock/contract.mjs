/** Clauses of a shop's endpoints, and what people decided of them: everything is kept for one session. */

const day_us = 86_400_000_000;

/** Endpoint, clause, sentence, stage, callers, calls, would have refused, refused. */
const known = [
  ['shop', 'POST', '/users', 'shape.read_only', true, 'No call sets balance, id, role: answers show them, and nobody sets them.', 'proposed', 412, 60, 0, 0],
  ['shop', 'POST', '/users', 'shape.undeclared', false, 'Calls have no fields in query and body but `body $.email`, `body $.name`.', 'observe', 412, 60, 3, 0],
  ['orders', 'GET', '/orders/{id}', 'provenance.reference', true, 'Who names an object in segment 2 of the path was handed it by GET /orders, or nobody else was.', 'proposed', 8840, 300, 0, 0],
  ['orders', 'POST', '/orders', 'shape.read_only', true, 'No call sets state, total: answers show them, and nobody sets them.', 'proposed', 2210, 290, 0, 0],
  ['orders', 'POST', '/orders', 'shape.type', false, '`body $.quantity` is a number that is a integer.', 'proposed', 2210, 290, 0, 0],
  ['users', 'PUT', '/users/{id}', 'shape.undeclared', false, 'Calls have no fields in query and body but `body $.name`.', 'candidate', 12, 3, 0, 0],
];
const ids = known.map((_, at) => `00000000000000${(0xa0 + at).toString(16)}`);

/** One decision is made already. */
export function first_contract(now_ms) {
  const release = { revision: 0, service: 'orders', version: '2.1.0', described: true, by: null, at: (now_ms - 600_000) * 1000, until: (now_ms + 6_600_000) * 1000 };
  const contract = { revision: 0, decided: new Map(), changes: [], releases: [release] };
  change(contract, ids[2], 'canary', 'orders belong to who made them', 'console', now_ms - 7_200_000);
  return contract;
}

const text_of = (id) => {
  const [service, method, path, clause] = known[ids.indexOf(id)];
  return `${service}: ${method} ${path}: ${clause}`;
};

function change(contract, id, force, reason, by, now_ms) {
  const before = contract.decided.get(id) ?? null;
  if (force === 'withdrawn') contract.decided.delete(id);
  else contract.decided.set(id, { force, by, at: now_ms * 1000, reason });
  contract.revision += 1;
  contract.changes.unshift({ revision: contract.revision, clause: text_of(id), id, force, before: before?.force ?? null, was: before, by, at: now_ms * 1000, reason });
}

export function contract_of(contract, service) {
  const clauses = known.map(([of, method, path, clause, is_harm, says, stage, calls, subjects, would, refused], at) => {
    const decided = contract.decided.get(ids[at]) ?? null;
    const first = 1_790_000_000_000_000;
    const support = { calls, subjects, first, last: first + 9 * day_us, risk_thousandths: Math.min(1000, Math.ceil(3000 / subjects)), would_have_refused: would, refused, broken_by_subjects: Math.min(would, 2), fields_of_few: at === 1 ? 2 : 0 };
    const force = decided?.force ?? (stage === 'candidate' ? 'none' : 'observe');
    return { id: ids[at], service: of, method, path, clause, is_harm, says, stage, force, decided, proposed_otherwise: null, fields: null, support };
  });
  return { revision: contract.revision, clauses: clauses.filter((it) => !service || it.service === service), releases: contract.releases, usual: [] };
}

export const history_of = ({ revision, changes, releases }) => ({ revision, changes: changes.map(({ was, ...it }) => it), releases });

/** How what is decided differs from a revision; states that a page does not ask for are none. */
export function diff_of(contract, from, to) {
  if (from !== 'now' || !(Number(to) >= 0 && Number(to) <= contract.revision)) return null;
  const was = new Map();
  for (const it of contract.changes) if (it.revision > Number(to)) was.set(it.id, it.was?.force ?? null);
  const changes = [...was].map(([id, force]) => [id, contract.decided.get(id)?.force ?? null, force]).filter(([, now, before]) => now !== before);
  const shown = changes.map(([id, now, before]) => {
    const [service, method, path, clause] = known[ids.indexOf(id)];
    const change = now === null ? 'added' : before === null ? 'removed' : 'changed';
    return { id, service, method, path, clause, change, from: now, to: before, removed: [], added: [], conflict: false };
  });
  return { from, to, changes: shown };
}

/** Decides; what is wrong with that as status and detail. */
export function decide(contract, id, { force, reason, revision }, now_ms) {
  if (!['off', 'observe', 'canary', 'enforce', 'withdrawn'].includes(force) || !reason?.trim()) return [422, 'the reason has 1 to 300 characters'];
  if (revision !== contract.revision) return overtaken(contract, revision);
  if (!ids.includes(id)) return [404, undefined];
  if (force === 'withdrawn' && !contract.decided.has(id)) return [409, `nothing was decided of \`${id}\``];
  change(contract, id, force, reason, 'console', now_ms);
  return null;
}

export function roll_back(contract, { to, reason, revision }, now_ms) {
  if (revision !== contract.revision) return overtaken(contract, revision);
  if (!(to >= 0 && to < revision)) return [422, `revision ${to} is not one of 0 to ${revision - 1}`];
  const was = new Map();
  for (const it of contract.changes) if (it.revision > to) was.set(it.id, it.was);
  for (const [id, before] of was) change(contract, id, before?.force ?? 'withdrawn', reason, 'console', now_ms);
  return null;
}

const overtaken = (contract, seen) => [409, `somebody else decided meanwhile: you saw revision ${seen}, it is ${contract.revision} by now; look again and decide anew`];
