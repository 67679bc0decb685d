// A client on Node's ws against an echo server: client.js URL [--smoke] [--ca FILE]. One line per case, status 1 on failure.
'use strict';
const assert = require('assert');
const { once } = require('events');
const { readFileSync } = require('fs');
const { WebSocket } = require('ws');

const url = process.argv[2];
const smoke = process.argv.includes('--smoke');
const place = process.argv.indexOf('--ca');
const ca = place < 0 ? undefined : readFileSync(process.argv[place + 1]);
const LARGE = 16 << 20;

async function dial() {
  const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 0, ca });
  await once(socket, 'open');
  return socket;
}

async function close(socket, code = 1000, reason = '') {
  socket.close(code, reason);
  const [received, text] = await once(socket, 'close');
  return [received, text.toString()];
}

async function echoed(parts, expected, binary) {
  const socket = await dial();
  parts.forEach((part, index) => socket.send(part, { fin: index === parts.length - 1 }));
  const [data, isBinary] = await once(socket, 'message');
  assert(data.equals(Buffer.from(expected)) && isBinary === binary);
  await close(socket);
}

async function several() {
  const socket = await dial();
  const received = [];
  const all = new Promise((resolve) => {
    socket.on('message', (data) => { if (received.push(data.toString()) === 1000) resolve(); });
  });
  for (let number = 0; number < 1000; number++) socket.send(String(number));
  await all;
  assert.deepStrictEqual(received, Array.from({ length: 1000 }, (_, number) => String(number)));
  await close(socket);
}

async function pinged() {
  const socket = await dial();
  for (const payload of [Buffer.from('are you there'), Buffer.alloc(125)]) {
    socket.ping(payload);
    const [answer] = await once(socket, 'pong');
    assert(answer.equals(payload));
  }
  await close(socket);
}

async function closed(code) {
  assert.deepStrictEqual(await close(await dial(), code, 'bye'), [code, 'bye']);
}

const text = 'h\u00e9llo \u20ac \u{1f600}';
const bytes = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
const cases = [
  ['text', () => echoed([text], text, false)],
  ['empty text', () => echoed([''], '', false)],
  ['binary', () => echoed([bytes], bytes, true)],
  ['empty binary', () => echoed([Buffer.alloc(0)], '', true)],
  ['fragments', () => echoed(['frag', '', 'ment', 'ed'], 'fragmented', false)],
  ['1,000 messages in a row', several],
  ['pings', pinged],
  ...[1000, 1001, 3000, 4999].map((code) => [`close code ${code}`, () => closed(code)]),
];
if (!smoke) cases.push(['16 MiB', () => echoed([Buffer.alloc(LARGE, bytes)], Buffer.alloc(LARGE, bytes), true)]);

(async () => {
  for (const [name, run] of cases) {
    try {
      await run();
      console.log('ok  ', name);
    } catch (error) {
      process.exitCode = 1;
      console.log('FAIL', name, error.message);
    }
  }
  process.exit();
})();
