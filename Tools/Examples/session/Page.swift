let page = """
    <!doctype html>
    <html lang="en">
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>Session</title>
    <style>body { font: 1rem/1.5 system-ui; margin: 2rem }</style>
    <h1>A session and a WebSocket</h1>
    <p>
      <button id="login">Log in</button> <button id="logout">Log out</button>
      <button id="open">Open a WebSocket</button> <button id="send">Send a message</button>
    <pre id="log" role="log"></pre>
    <script>
      const log = text => document.getElementById('log').append(text + '\\n');
      const click = (id, action) => document.getElementById(id).addEventListener('click', action);
      const request = async (method, path) => log(await (await fetch(path, { method })).text());
      let socket;

      click('login', () => request('POST', '/login'));
      click('logout', () => request('DELETE', '/logout'));
      click('open', () => {
        socket?.close();
        socket = new WebSocket(`ws://${location.host}/`);
        socket.onopen = () => log('WebSocket open');
        socket.onerror = () => log('WebSocket error');
        socket.onclose = () => log('WebSocket closed');
      });
      click('send', () => {
        if (socket?.readyState !== WebSocket.OPEN) return log('No WebSocket is open');
        socket.send('Hello World!');
        log('Sent "Hello World!"');
      });
    </script>

    """
