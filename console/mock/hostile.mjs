/** Every text of an answer replaced by one that tries something. Numbers, booleans and shapes stay. */
const escape = String.fromCharCode(27);

export const hostile_texts = [
  '<script>window.__ran=1</script><x-hostile>',
  '"><img src=x onerror="window.__ran=1"><x-hostile>',
  `'><svg onload=window.__ran=1><x-hostile></svg>`,
  '<a href="javascript:window.__ran=1">click</a>',
  'javascript:window.__ran=1',
  '{@html "<x-hostile>"}{{constructor.constructor("window.__ran=1")()}}${window.__ran=1}',
  'safe\u202egnp.exe\u2066\u2069\u200f',
  'nul\u0000inside\u0007bell\u0008',
  `${escape}[2J${escape}[31mred${escape}]0;title\u0007`,
  'w'.repeat(10_000),
  '=cmd|\'/c calc\'!A1',
  '@SUM(1+1)*cmd|\' /C calc\'!A0',
  'line\r\nSet-Cookie: a=b\r\n\r\n<x-hostile>',
  '\ud800 lone \udfff',
  'https://evil.example/collect?x=1',
  '__proto__',
  'constructor',
  'toString',
];

/** `kept` names fields that must stay, or nothing could be done at all. */
export function hostile(value, counter, kept = new Set()) {
  if (typeof value === 'string') {
    counter.at += 1;
    return hostile_texts[counter.at % hostile_texts.length];
  }
  if (Array.isArray(value)) return value.map((item) => hostile(item, counter, kept));
  if (value && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, kept.has(name) ? item : hostile(item, counter, kept)]),
    );
  }
  return value;
}
