/** Clauses of endpoints: which are wanted, how they stand together, what their risk is in words. Pure. */
import type { ContractClause, EndpointName } from './types';
import { as_text } from './visible';

export const forces = ['canary', 'enforce', 'observe', 'off', 'withdrawn'] as const;
export type ChosenForce = (typeof forces)[number];

export interface WantedClauses {
  q?: string | undefined;
  service?: string | undefined;
  /** `proposed`, `in_force`, or all. */
  held?: string | undefined;
  /** `harm`, `habit`, or both. */
  kind?: string | undefined;
}

/** Waits for somebody to decide. */
export const is_proposed = (it: ContractClause) => it.stage === 'proposed' && it.decided === null;
/** Refuses, at least some. */
export const is_in_force = (it: ContractClause) => it.force === 'enforce' || it.force === 'canary';

export function fits(it: ContractClause, { q, service, held, kind }: WantedClauses): boolean {
  if (service && as_text(it.service) !== service) return false;
  if (held === 'proposed' && !is_proposed(it)) return false;
  if (held === 'in_force' && !is_in_force(it)) return false;
  if ((kind === 'harm' && !it.is_harm) || (kind === 'habit' && it.is_harm)) return false;
  const words = [it.method, it.path, it.service, it.clause, it.says, it.id].map(as_text).join(' ').toLowerCase();
  return !q || words.includes(q.toLowerCase());
}

export interface ClausesOfEndpoint {
  service: string;
  method: string;
  path: string;
  clauses: ContractClause[];
}

/** One endpoint after the other, in the order they come in. */
export function by_endpoint(clauses: ContractClause[]): ClausesOfEndpoint[] {
  const found = new Map<string, ClausesOfEndpoint>();
  for (const it of clauses) {
    const [service, method, path] = [as_text(it.service), as_text(it.method), as_text(it.path)];
    const key = JSON.stringify([service, method, path]);
    const group = found.get(key) ?? { service, method, path, clauses: [] };
    group.clauses.push(it);
    found.set(key, group);
  }
  return [...found.values()];
}

/** What variables of a path are called does not matter. */
const shape = (path: string) => as_text(path).replace(/\{[^}]*\}/g, '{}');

/** Whether a clause is one of this endpoint. */
export function is_of(it: ContractClause, { method, template, operation, service }: EndpointName & { service: string }): boolean {
  return operation === '' && it.service === service && it.method === method && shape(it.path) === shape(template);
}

/** How many of a hundred callers would be hurt at most; `null` if nothing tells. */
export function risk_percent(it: ContractClause): string | null {
  const risk = it.support?.risk_thousandths;
  return typeof risk === 'number' && Number.isFinite(risk) ? (risk / 10).toFixed(1).replace(/\.0$/, '') : null;
}

/** How it may be held from now on: nothing is withdrawn of what nobody decided, and a candidate is not decided on. */
export function choices(it: ContractClause): readonly ChosenForce[] {
  if (it.decided !== null) return forces;
  return it.stage === 'candidate' ? [] : forces.filter((force) => force !== 'withdrawn');
}
