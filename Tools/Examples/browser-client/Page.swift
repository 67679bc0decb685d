let page = """
    <!doctype html>
    <html lang="en">
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>Browser client</title>
    <style>body { font: 1rem/1.5 system-ui; margin: 2rem }</style>
    <h1>A browser as the client</h1>
    <pre id="log" role="log"></pre>
    <script>
      const log = text => document.getElementById('log').append(text + '\\n');
      const socket = new WebSocket(`ws://${location.host}/`);

      socket.addEventListener('open', () => socket.send('Hello Server!'));
      socket.addEventListener('message', event => log(`Message from server ${event.data}`));
      socket.addEventListener('close', event => log(`Closed: ${event.code}`));
    </script>

    """
