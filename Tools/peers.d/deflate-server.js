// An echo server on Node's ws that agrees on permessage-deflate, and prints what each connection has agreed upon.
'use strict';
const { WebSocketServer } = require('ws');

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: 0, perMessageDeflate: { threshold: 0 } });

server.on('listening', () => console.log(`listening ws://127.0.0.1:${server.address().port}/`));
server.on('headers', (headers) => {
  const line = headers.find((header) => header.startsWith('Sec-WebSocket-Extensions')) || ': none';
  console.log('agreed', line.split(': ')[1]);
});
server.on('connection', (socket) => {
  socket.on('error', (error) => console.log('error', error.message));
  socket.on('message', (data, binary) => socket.send(data, { binary }));
});
