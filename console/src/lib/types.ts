/**
 * What the control API says, as types. Strings that come from traffic are plain `string` and are shown through
 * `Foreign.svelte`; closed lists are written out so that a missing case is found by the compiler.
 */

export type Role = 'viewer' | 'analyst' | 'operator' | 'admin';

export interface Me {
  name: string;
  role: Role;
  csrf: string | null;
  expires: string;
}

export interface Bypass {
  until: string;
  reason: string;
}

export interface Totals {
  exchanges: number;
  refused: number;
  would_refuse: number;
  scrubbed: number;
  failed_open: number;
  upstream_failed: number;
  client_aborted: number;
  lost: number;
}

export interface Health {
  ready: boolean;
  reason: string | null;
}

export interface Series {
  step_s: number;
  from: string;
  served: number[];
  refused: number[];
  would_refuse: number[];
  failed: number[];
}

export interface Overview {
  now: string;
  version: string;
  started: string;
  uptime_s: number;
  mode: 'observe' | 'enforce' | 'mixed';
  revision: number;
  loaded: string;
  health: Health;
  bypass: Bypass | null;
  clauses: { enforced: number; observed: number; off: number };
  totals: Totals;
  latency: { judge_p50_us: number; judge_p99_us: number; total_p50_us: number; total_p99_us: number };
  series: Series;
  top: {
    codes: { code: string; count: number }[];
    endpoints: { endpoint: string; count: number; refused: number; would_refuse: number }[];
  };
  gaps: { at: string; lost: number }[];
  /** `null` where this instance keeps none. */
  ledger: { size: number; checkpoint: string | null; anchored_size: number; anchored: string | null } | null;
  /** `null` where this instance seals no segments. */
  store: {
    segments: number;
    bytes: number;
    rows: number;
    oldest: string | null;
    forecast_days: number | null;
    fault: string | null;
  } | null;
  upstreams: { name: string; addresses: { host: string; port: number; is: string }[] }[];
  /** `null` where this instance sends none. */
  alerts: { targets: number; failing: number; spooled: number } | null;
}

export interface Exchange {
  id: string;
  time: string;
  method: string;
  endpoint: string;
  route: string;
  outcome: string;
  status: number;
  judged_us: number;
  total_us: number;
  request_bytes: number;
  response_bytes: number;
  subject: string;
  subject_kind: string;
  verified: boolean;
  trace: string | null;
  codes: string[];
  effect: string | null;
  revision: number;
}

export interface Evidence {
  place: string;
  bytes: number;
  signs: string[];
  score: number;
  value: string;
}

export interface ExceptionDraft {
  clause: string;
  endpoint: string | null;
  field: string | null;
  expires: string;
}

export interface Why {
  code: string;
  clause: string;
  effect: string;
  means: string;
  clause_says: string;
  configured: string;
  evidence: Evidence[];
  would_allow: { yaml: string; exception: ExceptionDraft } | null;
}

export interface Fact {
  side: string;
  place: string;
  kind: string;
  bytes: number;
  score: number;
  value: string;
}

export interface ExchangeDetail extends Exchange {
  headline: string;
  rules: { revision: number; source: string | null };
  phases: { judged_us: number; forwarded_us: number | null; answered_us: number | null; finished_us: number };
  version: string;
  request_head_bytes: number;
  oddities: string[];
  why: Why[];
  facts: Fact[];
  sample: { id: string; captured: string } | null;
  lines: { at_us: number; text: string }[];
}

export interface RevealedSample {
  request_head: string | null;
  request_body: string | null;
  response_head: string | null;
  response_body: string | null;
  redacted: string[];
}

export interface LiveState {
  ready: boolean;
  reason: string | null;
  revision: number;
  bypass: Bypass | null;
  totals: Totals;
}

export interface Exception {
  id: string;
  clause: string;
  endpoint: string | null;
  field: string | null;
  reason: string;
  expires: string;
  by: string;
  created: string | null;
  removable: boolean;
}

export interface HuntView {
  name: string;
  says: string;
  columns: { name: string; type: string; says: string }[];
}

export interface SavedHunt {
  name: string;
  title: string;
  says: string;
  sql: string;
  shipped: boolean;
}

export interface HuntColumn {
  name: string;
  type: string;
}

export interface HuntProgress {
  segments_done: number;
  segments: number;
  rows_scanned: number;
}

export interface HuntDone {
  rows: number;
  elapsed_ms: number;
  segments_read: number;
  segments_pruned: number;
  rows_scanned: number;
  memory_peak: number;
  truncated: boolean;
}

export interface HuntLine {
  progress?: HuntProgress;
  columns?: HuntColumn[];
  rows?: unknown[][];
  done?: HuntDone;
  error?: { code: string; detail: string };
}

export interface Ledger {
  origin: string;
  size: number;
  root: string;
  key: string;
  checkpoint: { text: string; at: string | null } | null;
  anchored: { size: number; at: string | null; where: string[] } | null;
  unanchored: number;
}

export interface LedgerEntry {
  index: number;
  at: string;
  kind: string;
  by: string;
  summary: string;
  detail: unknown;
  leaf: string;
}

export interface LedgerProof {
  index: number;
  entry: string;
  leaf_hash: string;
  proof: string[];
  checkpoint: string;
  vkey: string;
}

export interface Verification {
  ok: boolean;
  size: number;
  root: string;
  elapsed_ms: number;
  faults: { what: string; at: number | null }[];
}

export interface Setting {
  section: string;
  key: string;
  value: string;
  default?: string;
  origin: string;
  says: string;
}

export interface Settings {
  file: string | null;
  revision: number;
  loaded: string;
  fault: string | null;
  settings: Setting[];
  restart_needed: string[];
}

export interface Token {
  id: string;
  name: string;
  role: string;
  created: string;
  expires: string;
  last_used: string | null;
  prefix: string;
}

export interface AlertTarget {
  name: string;
  kind: string;
  to: string;
  state: string;
  last_error: string | null;
  sent: number;
  spooled: number;
}

export interface Silence {
  id: string;
  code: string;
  until: string;
  reason: string;
}

/** What an endpoint is called. */
export interface EndpointName {
  method: string;
  template: string;
  /** The operation within an envelope, as `graphql query orders`; empty if method and path say it all. */
  operation: string;
}

/** What the inventory says of an endpoint in its list. Times are microseconds since 1970. */
export interface InventoryEndpoint extends EndpointName {
  id: string;
  service: string;
  calls: number;
  /** Of these, those whose answer was not seen. */
  unanswered: number;
  answers: 'seen' | 'partly' | 'unknown';
  client_errors: number;
  server_errors: number;
  subjects: number;
  clients: number;
  unauthenticated_percent: number;
  first: number;
  last: number;
  request_fields: number;
  response_fields: number;
  /** The most sensitive first. */
  classes: string[];
  /** 0 to 100. */
  risk: number;
  /** As configured of its API; so for the next two. */
  owner: string | null;
  team: string | null;
  tags: string[];
  /** Whom its API is for, as configured or confirmed. */
  audience: string | null;
  /** What it is marked with, if it goes. */
  retires: Retires | null;
}

/** Days are as `2026-11-01`, in UTC. */
export interface Retires {
  deprecated: string;
  /** The last day it answers; `null` if that is not decided. */
  sunset: string | null;
  link: string | null;
}

export interface InventoryService {
  name: string;
  endpoints: number;
  calls: number;
  /** Exchanges of paths that no endpoint has. */
  candidates: number;
  /** Exchanges that found no room. */
  full: number;
}

export interface Inventory {
  state: string;
  /** Exchanges that are still to be read. */
  behind: number;
  services: InventoryService[];
  endpoints: InventoryEndpoint[];
  /** Endpoints that fit and are not in the answer. */
  more: number;
}

export interface InventoryVariable {
  name: string;
  kind: string | null;
  reason: string;
  words: number;
}

export interface InventoryField {
  place: string;
  share_percent: number;
  /** `null` where its values are of several kinds. */
  kind: string | null;
  kinds: { kind: string; count: number }[];
  bytes_min: number;
  bytes_max: number;
  distinct: number;
  /** Whether `distinct` is exact. */
  few: boolean;
  /** How often each of few values came that have stayed the same; the values themselves are not kept. */
  enumeration: number[] | null;
  times_max: number;
  /** Types of JSON that its values had. */
  types: string[];
  class: DataClass | null;
}

/** What a field holds, and what that rests on: so many of its distinct values fit. */
export interface DataClass {
  name: string;
  says: string;
  sensitivity: string;
  confidence_percent: number;
  values: number;
  passed: number;
  may_mask: boolean;
}

export interface InventoryFields {
  messages: number;
  more: number;
  fields: InventoryField[];
}

/** A place of an endpoint, by what it is called. */
export interface RelationPoint {
  service: string;
  method: string;
  template: string;
  name: string;
}

/** An answer hands out values that requests carry. */
export interface Relation {
  from: RelationPoint;
  to: RelationPoint;
  percent: number;
  uses: number;
  of: number;
  subjects: number;
  values: number;
}

export interface EndpointDetail extends InventoryEndpoint {
  statuses: { status: number; count: number }[];
  known_by: { kind: string; count: number }[];
  response_bytes_average: number;
  variables: InventoryVariable[];
  request: InventoryFields;
  response: InventoryFields;
  posture: { risk: number; weaknesses: Weakness[]; unknown: string[]; baseline: Owed[] };
  relations: Relation[];
  third_parties: PointedHost[];
}

/** A place of messages that holds URLs. */
export interface HostPlace {
  id: string;
  method: string;
  template: string;
  operation: string;
  side: string;
  place: string;
  exchanges: number;
  /** So many at least. */
  subjects: number;
}

export interface PointedHost extends HostPlace {
  host: string;
  address: boolean;
  own: boolean;
}

export interface ThirdParty {
  service: string;
  host: string;
  address: boolean;
  own: boolean;
  exchanges: number;
  subjects: number;
  first: number;
  last: number;
  places: HostPlace[];
  more: number;
}

/** How far somebody looked through what is kept. */
export interface ObjectScan {
  exchanges: number;
  without_values: number;
  from: string | null;
  cut: boolean;
}

export interface ObjectWitness {
  subject: string;
  subject_kind: string;
  verified: boolean;
  exchange: string;
  time: string;
  endpoint: string;
  endpoint_id: string | null;
  place: string;
  others: number;
  more_others: boolean;
}

/** A use of an object that is another's. */
export interface ObjectUse {
  exchange: string;
  time: string;
  endpoint: string;
  endpoint_id: string | null;
  route: string;
  side: string;
  place: string;
  object: string;
  clause: string;
  code: string;
  effect: string;
  cut: boolean;
  outcome: string;
  status: number;
  subject: string;
  subject_kind: string;
  verified: boolean;
  /** Only in lists. */
  witness?: ObjectWitness | null;
}

export interface ObjectUses {
  uses: ObjectUse[];
  next: string | null;
  scan: ObjectScan;
}

/** What one caller had to do with an object at one place. */
export interface ObjectHolding {
  subject: string;
  subject_kind: string;
  verified: boolean;
  endpoint: string;
  endpoint_id: string | null;
  operation: string;
  route: string;
  side: string;
  place: string;
  times: number;
  foreign: number;
  held_back: number;
  first: { exchange: string; time: string };
  last: { exchange: string; time: string };
}

export interface ObjectHistory {
  object: string;
  uses: ObjectUse[];
  more_uses: number;
  given: ObjectHolding[];
  named: ObjectHolding[];
  elsewhere: ObjectHolding[];
  more: number;
  scan: ObjectScan;
}

export interface ThirdParties {
  third_parties: ThirdParty[];
  more: number;
  /** Hosts that found no room. */
  full: number;
}

/** What one day ended with. */
export interface PostureDay {
  day: string;
  endpoints: number;
  weak: number;
  at_risk: number;
  flaws: Record<string, number>;
}

/** One thing that an endpoint owes, and whether it is there. */
export interface Owed {
  duty: string;
  verdict: string;
}

/** One thing that is owed: of how many endpoints, and of how many it is met, missing or not known. */
export interface OwedOfAll {
  duty: string;
  endpoints: number;
  met: number;
  missing: number;
  unknown: number;
}

/** What is said of a flaw wherever it is met. */
export interface Advice {
  flaw: string;
  title: string;
  owasp: string;
  risk: number;
  /** How bartizan holds it now; empty if it cannot yet. */
  hold: string;
  mend: string;
}

/** Where a flaw was met: in so many calls, or messages, of so many. */
export interface Sighting {
  seen: number;
  of: number;
  places: string[];
}

export interface Weakness extends Advice, Sighting {}

export interface WeakEndpoint extends Sighting, EndpointName {
  id: string;
  service: string;
  risk: number;
}

export interface RankedFlaw extends Advice {
  endpoints: WeakEndpoint[];
}

/** Numbers of endpoints, and the flaws they have, the gravest first. */
export interface Posture {
  endpoints: number;
  weak: number;
  /** Endpoints of which the source did not show this. */
  unknown: { credentials: number; outcomes: number; response_heads: number; response_bodies: number };
  flaws: RankedFlaw[];
  baseline: OwedOfAll[];
}

/** What traffic proposes for a part of a profile; without a value, why not. */
export interface Proposal {
  value: string | null;
  reason: string;
  /** Calls, or callers, that speak for it, of how many. */
  seen: number;
  of: number;
}

/** One part of a profile: what counts, whence, and all that is said of it. */
export interface ProfilePart {
  value: string | null;
  source: string | null;
  configured: string | null;
  confirmed: string | null;
  /** `null` where traffic does not tell. */
  proposed: Proposal | null;
}

export type ProfilePartName = 'audience' | 'subject_kind' | 'tenant' | 'environment';

/** What people say of an API, and what traffic proposes. */
export interface ApiProfile extends Record<ProfilePartName, ProfilePart> {
  service: string;
  owner: string | null;
  team: string | null;
  tags: string[];
  endpoints: number;
  calls: number;
  /** Marks of endpoints that go. */
  retiring: number;
  /** `null` if it was the command, or nobody. */
  confirmed_by: string | null;
  /** Microseconds since 1970. */
  confirmed_at: number | null;
  baseline: { duties: string[]; source: string | null };
}

export interface Apis {
  apis: ApiProfile[];
  /** What is kept of APIs and cannot be read or written. */
  faults: string[];
}

/** One clause of an endpoint: what traffic speaks for, what was decided of it, or both. */
export interface ContractClause {
  id: string;
  service: string;
  method: string;
  path: string;
  clause: string;
  /** Wrong whoever calls; else it is habit. */
  is_harm: boolean;
  /** A sentence. */
  says: string;
  /** `candidate`, `observe`, `proposed` or `retired`. */
  stage: string;
  /** How calls are held to it now. */
  force: string;
  decided: { force: string; by: string | null; at: number; reason: string } | null;
  proposed_otherwise: string | null;
  support: {
    calls: number;
    subjects: number;
    risk_thousandths: number;
    would_have_refused: number;
    refused: number;
    broken_by_subjects: number;
    fields_of_few: number;
  } | null;
}

export interface Contract {
  /** Rises with each decision. */
  revision: number;
  clauses: ContractClause[];
}

/** A release: while it runs, habit may change. Times are in microseconds since 1970. */
export interface Release {
  revision: number;
  service: string;
  version: string;
  described: boolean;
  by: string | null;
  at: number;
  until: number;
}

/** How two states of the contracts differ. */
export interface ContractDiff {
  from: string;
  to: string;
  changes: {
    id: string;
    service: string;
    method: string;
    path: string;
    clause: string;
    change: 'added' | 'removed' | 'changed';
    /** `null` if it is not there. */
    from: string | null;
    to: string | null;
    removed: string[];
    added: string[];
  }[];
}

/** What was decided, the latest first. Times are in microseconds since 1970. */
export interface ContractHistory {
  revision: number;
  changes: {
    revision: number;
    clause: string;
    id: string;
    force: string;
    before: string | null;
    by: string | null;
    at: number;
    reason: string;
  }[];
  releases: Release[];
}

/** A mark of `retire`, and who still calls what it is for. */
export interface Retirement extends Retires {
  service: string;
  /** `null` for every method. */
  method: string | null;
  path: string;
  state: string;
  days_left: number | null;
  /** Since it is deprecated, whatever was answered. */
  calls: number;
  /** Of today and the six days before. */
  recent_calls: number;
  /** After its last day. */
  late_calls: number;
  callers: { kind: string; calls: number; subjects: number }[];
  /** Microseconds since 1970. */
  last: number | null;
  /** Ids of endpoints of the inventory. */
  endpoints: string[];
}

/** What an API began to do, or stopped doing. The time is in microseconds since 1970. */
export interface Change extends EndpointName {
  at: number;
  what: string;
  id: string;
  service: string;
  subjects: number;
  calls: number;
  place: string | null;
  class: string | null;
  status: number | null;
}

export interface Changes {
  changes: Change[];
  /** Changes that are not in the answer. */
  more: number;
}

/** One difference between what a description says and what was seen. */
export interface Difference {
  method: string;
  path: string;
  /** Endpoints of the inventory. */
  ids: string[];
  what: string;
  side: string | null;
  place: string | null;
  seen: number;
  of: number;
  /** Microseconds since 1970; 0 where nothing tells. */
  last: number;
  says: string;
}

/** What nobody can tell, and so is no difference: numbers by what they count. */
export type NotSeen = Record<string, number>;

/** A service that somebody described, against what was seen of it. */
export interface Drift {
  service: string;
  /** The file that describes it. */
  source: string;
  /** When it was given, in microseconds since 1970. */
  at: number;
  operations: number;
  endpoints: number;
  /** No call came to the paths of its servers: they are left out. */
  without_base: boolean;
  differences: Difference[];
  not_seen: NotSeen;
}

export interface Drifts {
  services: Drift[];
  /** Services without a description. */
  undescribed: string[];
}
