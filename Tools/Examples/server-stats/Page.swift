let page = """
    <!doctype html>
    <html lang="en">
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>Server statistics</title>
    <style>body { font: 1rem/1.5 system-ui; margin: 2rem }</style>
    <h1>Server statistics</h1>
    <p>Memory in use: <output id="resident">…</output>
    <script>
      const socket = new WebSocket(`ws://${location.host}/`);
      socket.onmessage = event => {
        const { resident } = JSON.parse(event.data);
        document.getElementById('resident').value = `${(resident / 1048576).toFixed(2)} MiB`;
      };
    </script>

    """
