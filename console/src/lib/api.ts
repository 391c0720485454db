/**
 * Requests to the control API of the same origin. An answer that is not a success becomes a `Problem`; 401 ends the
 * session; a request that finds nobody marks the console as disconnected.
 */
import { connection } from './connection.svelte';
import { session } from './session.svelte';
import { encoded } from './url';

const base = '/api/v1';

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly retry_after_s: number | null = null,
  ) {
    super(title);
  }
}

type Params = Record<string, string | number | null | undefined>;

function address(path: string, params: Params): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== null && value !== undefined && value !== '') query.set(name, String(value));
  }
  const text = query.toString();
  return `${base}${path}${text ? `?${text}` : ''}`;
}

async function problem_of(response: Response): Promise<Problem> {
  const after = Number(response.headers.get('Retry-After'));
  const retry_after_s = Number.isFinite(after) && after > 0 ? after : null;
  try {
    const body = (await response.json()) as Record<string, unknown>;
    const text = (name: string) => (typeof body[name] === 'string' ? body[name] : '');
    return new Problem(response.status, text('code'), text('title'), text('detail'), retry_after_s);
  } catch {
    return new Problem(response.status, '', '', '', retry_after_s);
  }
}

/** Sends one request and gives the response if it is a success. */
export async function request(path: string, params: Params = {}, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  const method = init.method ?? 'GET';
  if (method !== 'GET' && session.me?.csrf) headers.set('X-Bartizan-CSRF', session.me.csrf);
  if (init.body) headers.set('Content-Type', 'application/json');
  let response: Response;
  try {
    response = await fetch(address(path, params), { ...init, headers, credentials: 'same-origin', redirect: 'error' });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    connection.lost();
    throw new Problem(0, 'console.disconnected', '', '');
  }
  connection.found();
  if (response.ok) return response;
  if (response.status === 401 && path !== '/login') session.end();
  throw await problem_of(response);
}

export async function get<T>(path: string, params: Params = {}, signal?: AbortSignal): Promise<T> {
  const response = await request(path, params, signal ? { signal } : {});
  return (await response.json()) as T;
}

/** POST, PUT and DELETE; an empty answer gives nothing. */
export async function send<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> {
  const init: RequestInit = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const response = await request(path, {}, init);
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

/** One segment of a path. */
export const segment = encoded;
