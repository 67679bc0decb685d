// A client on Node's ws that agrees on permessage-deflate with an echo server in every way it can, and has messages of
// many kinds echoed: deflate-client.js URL. One line per combination, status 1 on failure.
'use strict';
const assert = require('assert');
const { once } = require('events');
const { WebSocket } = require('ws');

const url = process.argv[2];
const noise = Buffer.from(Array.from({ length: 66000 }, (_, index) => (index * 2654435761) >>> 13 & 255));
const words = Array.from({ length: 30000 }, (_, index) => `word${(index * 7919) % 301}`).join(' ');
const messages = ['', 'a', 'h\u00e9llo \u20ac \u{1f600}', '', 'again and again '.repeat(8), 'again and again '.repeat(8),
  Buffer.alloc(0), Buffer.alloc(1), Buffer.alloc(126), Buffer.alloc(70000), noise, words, 'after all that'];

async function run(options) {
  const socket = new WebSocket(url, { perMessageDeflate: { threshold: 0, ...options }, maxPayload: 0 });
  await once(socket, 'open');
  assert.strictEqual(socket.extensions, 'permessage-deflate');
  for (const message of messages) {
    socket.send(message);
    const [data, isBinary] = await once(socket, 'message');
    assert(data.equals(Buffer.from(message)) && isBinary === Buffer.isBuffer(message));
  }
  for (const part of ['frag', '', 'ment']) socket.send(part, { fin: false });
  socket.send('ed');
  assert.strictEqual((await once(socket, 'message'))[0].toString(), 'fragmented');
  socket.close(1000);
  assert.strictEqual((await once(socket, 'close'))[0], 1000);
}

(async () => {
  for (const server of [false, true]) for (const client of [false, true]) {
    for (const [serverBits, clientBits] of [[], [10], [undefined, 10], [9, 12], [15, 15], [8, 9]]) {
      const options = {};
      if (server) options.serverNoContextTakeover = true;
      if (client) options.clientNoContextTakeover = true;
      if (serverBits) options.serverMaxWindowBits = serverBits;
      if (clientBits) options.clientMaxWindowBits = clientBits;
      try {
        await run(options);
        console.log('ok  ', JSON.stringify(options));
      } catch (error) {
        process.exitCode = 1;
        console.log('FAIL', JSON.stringify(options), error.message);
      }
    }
  }
  process.exit();
})();
