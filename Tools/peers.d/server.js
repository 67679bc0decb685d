// A server on Node's ws for wscat to talk to. What it does depends on the path; what it sees, it prints.
// / echoes; /once echoes one message, then closes; /fragments sends one message in pieces; /ping pings;
// /close/CODE/REASON closes. With a certificate and a key, over TLS: server.js [CERT KEY]
'use strict';
const { readFileSync } = require('fs');
const { WebSocketServer } = require('ws');

const [cert, key] = process.argv.slice(2);
const secret = cert && { cert: readFileSync(cert), key: readFileSync(key) };
const http = secret ? require('https').createServer(secret) : require('http').createServer();
const server = new WebSocketServer({ server: http, maxPayload: 0 });

http.listen(0, '127.0.0.1', () => {
  console.log(`listening ${secret ? 'wss' : 'ws'}://127.0.0.1:${http.address().port}/`);
});

server.on('connection', (socket, request) => {
  const path = decodeURIComponent(request.url);
  console.log('open', path, socket.protocol || 'None', request.headers.origin || 'None',
    request.headers['x-test'] || 'None');
  socket.on('ping', (data) => console.log('ping', data.toString()));
  socket.on('pong', (data) => console.log('pong', data.toString()));
  socket.on('close', (code, reason) => console.log('closed', code, reason.toString()));
  socket.on('error', (error) => console.log('error', error.message));
  socket.on('message', (data, binary) => {
    console.log(binary ? 'binary' : 'text', data.length, data.toString('latin1', 0, 40));
    socket.send(data, { binary });
    if (path === '/once') socket.close(1000);
  });
  if (path === '/fragments') {
    socket.send('frag', { fin: false });
    socket.send('ment', { fin: false });
    socket.send('ed', { fin: true });
  } else if (path === '/ping') {
    socket.ping('are you there');
  } else if (path.startsWith('/close/')) {
    const [, , code, reason] = path.split('/');
    socket.close(Number(code), reason);
  }
});
