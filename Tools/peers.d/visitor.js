// A client on Node's ws for the examples that serve: node visitor.js URL [JSON]. What it sees, it prints; what it is told on
// standard input, it does: `text WORDS`, `binary HEX`, `close`. JSON: the options of ws, and `protocols`.
'use strict';
const { createInterface } = require('readline');
const { WebSocket } = require('ws');

const [url, json] = process.argv.slice(2);
const { protocols = [], ...options } = JSON.parse(json || '{}');
const socket = new WebSocket(url, protocols, options);
const orders = createInterface({ input: process.stdin });

socket.on('open', () => console.log('open', socket.protocol, socket.extensions));
socket.on('message', (data, binary) => console.log(binary ? 'binary' : 'text', data.toString(binary ? 'hex' : 'utf8')));
socket.on('ping', () => console.log('ping'));
socket.on('error', (error) => console.log('error', error.message));
socket.on('close', (code) => {
  console.log('closed', code);
  orders.close();
  process.stdin.destroy();
});

orders.on('line', (line) => {
  const [word, rest] = [line.split(' ', 1)[0], line.slice(line.indexOf(' ') + 1)];
  if (word === 'text') socket.send(rest);
  else if (word === 'binary') socket.send(Buffer.from(rest, 'hex'));
  else socket.close(1000);
});
