/**
 * The ledger's arithmetic, in the browser: hashes of RFC 6962 (leaf `SHA-256(00 || entry)`, node
 * `SHA-256(01 || left || right)`), inclusion proofs (RFC 9162, section 2.1.3.2), and signed notes with an Ed25519 key.
 * Nothing here trusts the server: entry, path and checkpoint must fit together.
 */

export type Bytes = Uint8Array<ArrayBuffer>;

export function from_hex(text: string): Bytes | null {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(text)) return null;
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = parseInt(text.slice(2 * at, 2 * at + 2), 16);
  return bytes;
}

export function to_hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function from_base64(text: string): Bytes | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

async function sha256(...parts: Uint8Array[]): Promise<Bytes> {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', joined));
}

export const leaf_hash = (entry: Uint8Array) => sha256(Uint8Array.of(0), entry);
export const node_hash = (left: Uint8Array, right: Uint8Array) => sha256(Uint8Array.of(1), left, right);

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** The root that a leaf and its path lead to in a tree of `size` leaves; nothing if the path has the wrong length. */
export async function root_from_path(
  leaf: Uint8Array,
  index: number,
  size: number,
  path: Uint8Array[],
): Promise<Uint8Array | null> {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return null;
  let position = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of path) {
    if (sibling.length !== 32 || last === 0) return null;
    if (position % 2 === 1 || position === last) {
      hash = await node_hash(sibling, hash);
      while (position % 2 === 0 && position !== 0) {
        position = Math.floor(position / 2);
        last = Math.floor(last / 2);
      }
    } else {
      hash = await node_hash(hash, sibling);
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? hash : null;
}

export interface Checkpoint {
  origin: string;
  size: number;
  root: Bytes;
  /** What is signed: everything up to the empty line. */
  signed: string;
  signatures: { name: string; bytes: Bytes }[];
}

/** Line 1 origin, line 2 size, line 3 root; then an empty line and the signatures. */
export function parse_checkpoint(note: string): Checkpoint | null {
  const end = note.indexOf('\n\n');
  const signed = end < 0 ? note : note.slice(0, end + 1);
  const [origin, size_text, root_text] = signed.split('\n');
  if (!origin || !size_text || !root_text || !/^(0|[1-9]\d{0,15})$/.test(size_text)) return null;
  const root = from_base64(root_text);
  if (!root || root.length !== 32) return null;
  const signatures = (end < 0 ? '' : note.slice(end + 2)).split('\n').flatMap((line) => {
    const match = /^\u2014 (\S+) (\S+)$/.exec(line);
    const bytes = match?.[2] ? from_base64(match[2]) : null;
    return match?.[1] && bytes ? [{ name: match[1], bytes }] : [];
  });
  return { origin, size: Number(size_text), root, signed, signatures };
}

export type SignatureState = 'good' | 'bad' | 'unknown';

/** Whether the note bears the signature of `name+hash+key`; unknown where the browser has no Ed25519. */
export async function check_signature(checkpoint: Checkpoint, vkey: string): Promise<SignatureState> {
  const match = /^(.+?)\+([0-9a-f]{8})\+(.+)$/.exec(vkey);
  const key_bytes = match?.[3] ? from_base64(match[3]) : null;
  if (!match || !key_bytes || key_bytes.length !== 33 || key_bytes[0] !== 1) return 'bad';
  const signature = checkpoint.signatures.find(
    ({ name, bytes }) => name === match[1] && bytes.length === 68 && to_hex(bytes.slice(0, 4)) === match[2],
  );
  if (!signature) return 'bad';
  try {
    const key = await crypto.subtle.importKey('raw', key_bytes.slice(1), { name: 'Ed25519' }, false, ['verify']);
    const text = new TextEncoder().encode(checkpoint.signed);
    return (await crypto.subtle.verify('Ed25519', key, signature.bytes.slice(4), text)) ? 'good' : 'bad';
  } catch {
    return 'unknown';
  }
}

export type ProofFault = 'checkpoint' | 'entry' | 'leaf' | 'path' | 'root' | 'signature' | 'origin';

export interface ProofResult {
  /** What does not hold, or nothing. */
  fault: ProofFault | null;
  signature: SignatureState;
  size: number;
  leaf: string;
  root: string;
}

/** Checks one inclusion proof from the entry's bytes up to the signed root. */
export async function verify_proof(proof: {
  index: number;
  entry: string;
  leaf_hash: string;
  proof: string[];
  checkpoint: string;
  vkey: string;
}): Promise<ProofResult> {
  const result: ProofResult = { fault: null, signature: 'unknown', size: 0, leaf: '', root: '' };
  const checkpoint = parse_checkpoint(proof.checkpoint);
  if (!checkpoint) return { ...result, fault: 'checkpoint' };
  result.size = checkpoint.size;
  result.root = to_hex(checkpoint.root);
  const entry = from_base64(proof.entry);
  if (!entry) return { ...result, fault: 'entry' };
  const leaf = await leaf_hash(entry);
  result.leaf = to_hex(leaf);
  if (result.leaf !== proof.leaf_hash.toLowerCase()) return { ...result, fault: 'leaf' };
  const path = proof.proof.map(from_hex);
  if (path.some((hash) => hash?.length !== 32)) return { ...result, fault: 'path' };
  const root = await root_from_path(leaf, proof.index, checkpoint.size, path as Uint8Array[]);
  if (!root) return { ...result, fault: 'path' };
  if (!same(root, checkpoint.root)) return { ...result, fault: 'root' };
  if (!proof.vkey.startsWith(`${checkpoint.origin}+`)) return { ...result, fault: 'origin' };
  result.signature = await check_signature(checkpoint, proof.vkey);
  return result.signature === 'bad' ? { ...result, fault: 'signature' } : result;
}
