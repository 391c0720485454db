// Cases for Node's HTTP/2 client: prints one JSON object per case. node.js PORT
'use strict';
const http2 = require('http2');
const port = process.argv[2];

function ask(session, headers, body) {
  return new Promise((done, fail) => {
    const stream = session.request(headers, { endStream: body === undefined });
    let status, fields = {}, trailers = {}, size = 0;
    stream.on('response', (it) => { status = it[':status']; fields = it; });
    stream.on('trailers', (it) => { trailers = it; });
    stream.on('data', (it) => { size += it.length; });
    stream.on('end', () => done({ status, fields, trailers, size }));
    stream.on('error', fail);
    stream.setTimeout(15000, () => fail(new Error('timeout')));
    if (body !== undefined) stream.end(body);
  });
}

const path = (it, more = {}) => ({ ':path': it, ...more });
const cases = {
  'GET': async (s) => (await ask(s, path('/a'))).status === 200,
  'POST 1 MiB': async (s) => {
    const it = await ask(s, path('/a', { ':method': 'POST', 'content-type': 'application/octet-stream' }), Buffer.alloc(1 << 20, 0x80));
    return it.status === 200 && it.fields['x-read'] === String(1 << 20);
  },
  '100 streams': async (s) => (await Promise.all(Array.from({ length: 100 }, () => ask(s, path('/a', { 'x-do': 'wait=200' }))))).every((it) => it.status === 200),
  'trailers': async (s) => (await ask(s, path('/a', { 'x-do': 'trailers', te: 'trailers' }))).trailers['x-sum'] === '7',
  'HEAD': async (s) => { const it = await ask(s, path('/a', { ':method': 'HEAD' })); return it.status === 200 && it.size === 0; },
  '204': async (s) => { const it = await ask(s, path('/a', { 'x-do': 'empty' })); return it.status === 204 && it.size === 0; },
  'large headers': async (s) => {
    const it = await ask(s, path('/a', { 'x-large': 'v'.repeat(20000), 'x-do': 'fields=100' }));
    return it.status === 200 && it.fields['x-f99'].length === 100;
  },
  '10 MB': async (s) => (await ask(s, path('/a', { 'x-do': 'big=10000000' }))).size === 10000000,
};

(async () => {
  for (const [name, run] of Object.entries(cases)) {
    const session = http2.connect(`http://127.0.0.1:${port}`);
    session.on('error', () => {});
    let ok = false, seen = '';
    try { ok = await run(session); } catch (fault) { seen = String(fault); }
    session.destroy();
    console.log(JSON.stringify({ case: name, ok, seen }));
  }
  // Held across a stop: TERM is sent while this waits.
  const session = http2.connect(`http://127.0.0.1:${port}`);
  session.on('error', () => {});
  let goaway = false, ok = false, seen = '';
  session.on('goaway', () => { goaway = true; });
  try {
    await ask(session, path('/a'));
    console.log(JSON.stringify({ ready: true }));
    const it = await ask(session, path('/a', { 'x-do': 'wait=1500' }));
    ok = it.status === 200 && goaway;
    seen = `status ${it.status}, goaway ${goaway}`;
  } catch (fault) { seen = String(fault); }
  console.log(JSON.stringify({ case: 'GOAWAY on stop', ok, seen }));
  session.destroy();
  process.exit(0);
})();
