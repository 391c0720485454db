/** Drift as the screen shows it: differences by kind and by operation, what was not seen, and how a description is given. Pure. */
import type { Difference, NotSeen } from './types';
import { as_text } from './visible';

export const drift_kinds = ['shadow', 'zombie', 'orphan', 'undeclared_status', 'undeclared_field', 'changed_type', 'missing'] as const;
export type DriftKind = (typeof drift_kinds)[number];

const kinds = new Map<string, DriftKind>([
  ['undeclared_path', 'shadow'],
  ['undeclared_method', 'shadow'],
  ['deprecated', 'zombie'],
  ['superseded', 'zombie'],
  ['never_called', 'orphan'],
  ['undeclared_status', 'undeclared_status'],
  ['undeclared_field', 'undeclared_field'],
  ['changed_type', 'changed_type'],
  ['missing', 'missing'],
]);

/** Nothing of one that this console does not know. */
export function kind_of({ what }: Difference): DriftKind | undefined {
  return kinds.get(as_text(what));
}

/** Those of a kind that hold the searched text in their method, path, place or sentence; without a filter, all. */
export function fitting(differences: readonly Difference[], kind: string | undefined, search: string | undefined): readonly Difference[] {
  const wanted = search?.toLowerCase() ?? '';
  const is_found = ({ method, path, place, says }: Difference) =>
    `${as_text(method)} ${as_text(path)} ${as_text(place)} ${as_text(says)}`.toLowerCase().includes(wanted);
  return differences.filter((it) => (!kind || kind_of(it) === kind) && (!wanted || is_found(it)));
}

/** How many there are of each kind that is met, in the order of kinds. */
export function numbers_of(differences: readonly Difference[]): [DriftKind, number][] {
  const found = differences.map(kind_of);
  return drift_kinds.map((kind): [DriftKind, number] => [kind, found.filter((it) => it === kind).length]).filter(([, amount]) => amount > 0);
}

export interface Operation {
  method: string;
  path: string;
  /** Endpoints of the inventory, each once. */
  ids: string[];
  /** Whether each difference is of an endpoint of its own, and names it. */
  is_apart: boolean;
  differences: Difference[];
}

/** By method and path, in the order that they have. */
export function by_operation(differences: readonly Difference[]): Operation[] {
  const groups = new Map<string, Difference[]>();
  for (const it of differences) {
    const name = JSON.stringify([it.method, it.path]);
    const group = groups.get(name);
    if (group) group.push(it);
    else groups.set(name, [it]);
  }
  return [...groups.values()].map((own) => {
    const ids = [...new Set(own.flatMap((it) => it.ids.map(as_text)))];
    return { method: own[0]?.method ?? '', path: own[0]?.path ?? '', ids, is_apart: ids.length > 1 && own.every((it) => it.ids.length === 1), differences: own };
  });
}

/** What is counted at all, as it is told. */
export function unseen_of(not_seen: NotSeen): [string, number][] {
  return Object.entries(not_seen).filter(([, amount]) => amount > 0);
}

/** The command that gives a description. A name that a shell could take for more than a name is left to who types it. */
export function import_command(service: unknown): string {
  const name = as_text(service);
  const is_plain = /^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,199}$/.test(name);
  const can_be_quoted = /^[A-Za-z0-9_[][\x20-\x7e]{0,199}$/.test(name) && !/['\\!]/.test(name);
  return `bartizan import openapi FILE --service ${is_plain ? name : can_be_quoted ? `'${name}'` : 'NAME'}`;
}
