// An echo server on Node's ws over TLS, to measure against: node-tls.js PORT CERT KEY
'use strict';
const { readFileSync } = require('fs');
const { createServer } = require('https');
const { WebSocketServer } = require('ws');

const [port, cert, key] = process.argv.slice(2);
const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) });
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on('connection', (socket) => {
  socket.on('error', () => {});
  socket.on('message', (data, binary) => socket.send(data, { binary }));
});
server.listen(Number(port), '127.0.0.1');
