/// The page: a chat and the server's figures, over a WebSocket to where it came from. It is one piece, and asks nobody
/// else for anything.
let page = #"""
    <!doctype html>
    <html lang="en">
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>swift-ws: live</title>
    <link rel="icon" href="data:,">
    <style>
      :root {
        color-scheme: light dark;
        --ground: light-dark(#f4f5f7, #15171c); --card: light-dark(#fff, #1e2129);
        --text: light-dark(#1c2027, #e8eaee); --soft: light-dark(#5a6270, #a0a8b5);
        --line: light-dark(#d9dde3, #343945); --accent: light-dark(#c2410c, #fb923c);
        --on-accent: light-dark(#fff, #1c1206); --own: light-dark(#fff3ea, #33261b);
        --good: light-dark(#15803d, #4ade80); --bad: light-dark(#b91c1c, #f87171);
      }
      * { box-sizing: border-box; }
      html { height: 100%; background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
      body { margin: 0 auto; max-width: 68rem; min-height: 100%; padding: 1rem; display: grid; gap: 1rem;
             grid-template: auto 1fr / minmax(0, 1fr) 18rem; height: 100vh; height: 100dvh; }
      header { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; align-items: baseline; }
      h1 { font-size: 1.35rem; margin: 0; }
      h2 { font-size: 1rem; margin: 0 0 .5rem; }
      .card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem; }
      #chat { display: flex; flex-direction: column; min-height: 0; }
      #status { margin: 0 0 0 auto; color: var(--soft); display: flex; gap: .5rem; align-items: center; }
      #status::before { content: ""; width: .7rem; height: .7rem; border-radius: 50%; background: var(--bad); }
      #status button { padding: 0 .6rem; }
      #status.open::before { background: var(--good); }
      #log { flex: 1; min-height: 8rem; overflow-y: auto; margin: 0 0 .75rem; padding: 0; list-style: none; }
      #log li { width: fit-content; max-width: 85%; margin: 0 0 .5rem; padding: .35rem .75rem;
                border: 1px solid var(--line); border-radius: .75rem; overflow-wrap: anywhere; white-space: pre-wrap; }
      #log li.own { margin-left: auto; background: var(--own); }
      #log li.note { border: 0; margin-inline: auto; padding-block: 0; color: var(--soft); font-size: .875rem; }
      #log .by { display: block; color: var(--soft); font-size: .8125rem; }
      form { display: flex; flex-wrap: wrap; gap: .5rem; align-items: end; margin: 0; }
      label { display: grid; gap: .25rem; font-size: .8125rem; color: var(--soft); }
      label.wide { flex: 1 1 14rem; }
      input, button { font: inherit; font-size: 1rem; color: var(--text); padding: .45rem .75rem; border-radius: .5rem;
                      border: 1px solid var(--soft); background: var(--card); min-width: 0; }
      input[name=name] { width: 9rem; }
      button { cursor: pointer; }
      button[type=submit] { background: var(--accent); border-color: var(--accent); color: var(--on-accent);
                            font-weight: 600; }
      button:disabled { opacity: .55; cursor: default; }
      :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
      #figures { align-self: start; }
      #figures.old dd, #figures.old svg { opacity: .5; }
      dl { display: grid; grid-template-columns: 1fr auto; gap: .4rem 1rem; margin: 0 0 1rem; }
      dt { color: var(--soft); }
      dd { margin: 0; font-variant-numeric: tabular-nums; font-weight: 600; text-align: right; }
      svg { display: block; width: 100%; height: 5rem; border-bottom: 1px solid var(--line); }
      polyline { fill: none; stroke: var(--accent); stroke-width: 2; vector-effect: non-scaling-stroke; }
      figure { margin: 0; }
      figcaption { font-size: .8125rem; color: var(--soft); }
      @media (max-width: 44rem) {
        body { grid-template: auto minmax(24rem, 1fr) auto / minmax(0, 1fr); height: auto; }
      }
    </style>

    <header>
      <h1>swift-ws, live</h1>
      <p id="status"><span id="state" role="status">Connecting…</span> <span id="wait" aria-hidden="true"></span>
        <button id="retry" hidden>Try now</button></p>
    </header>

    <main id="chat" class="card">
      <h2>Chat</h2>
      <ol id="log" role="log" aria-label="Messages" tabindex="0"></ol>
      <form id="form" autocomplete="off" novalidate>
        <label>Your name <input name="name" maxlength="24"></label>
        <label class="wide">Message <input name="text" maxlength="1000"></label>
        <button type="submit" disabled>Send</button>
      </form>
    </main>

    <aside id="figures" class="card" aria-labelledby="figures-title">
      <h2 id="figures-title">The server</h2>
      <dl>
        <dt>In the chat</dt><dd id="people">–</dd>
        <dt>Messages so far</dt><dd id="messages">–</dd>
        <dt>Round trip</dt><dd id="trip">–</dd>
        <dt>Memory</dt><dd id="memory">–</dd>
        <dt>Running for</dt><dd id="uptime">–</dd>
      </dl>
      <figure>
        <svg viewBox="0 0 59 40" preserveAspectRatio="none" role="img" aria-labelledby="rate">
          <polyline id="curve" points=""/>
        </svg>
        <figcaption id="rate">Messages a second</figcaption>
      </figure>
    </aside>

    <script>
      'use strict';
      const part = id => document.getElementById(id);
      const form = part('form'), log = part('log'), send = form.querySelector('button');
      form.elements.name.value = sessionStorage.name ||= `Guest ${Math.ceil(Math.random() * 999)}`;

      let socket, room, last = 0, failures = 0, timer, rates = Array(60).fill(0);

      // The connection. When it is lost it is made again: soon, then later and later, and never by all at once.
      function connect() {
        clearTimeout(timer);
        part('retry').hidden = true;
        show('Connecting…');
        const attempt = socket = new WebSocket(`${location.protocol.replace('http', 'ws')}//${location.host}/chat`);
        attempt.onopen = () => {
          failures = 0;
          show('Connected', true);
          attempt.send(`/name ${form.elements.name.value}`);
        };
        attempt.onmessage = event => {
          const message = JSON.parse(event.data);
          handlers[message.type]?.(message);
        };
        attempt.onclose = () => attempt === socket && lost();
      }

      function lost() {
        const seconds = Math.min(10, 0.5 * 2 ** failures++) * (0.75 + Math.random() / 2);
        const due = Date.now() + seconds * 1000;
        part('retry').hidden = false;
        (function wait() {
          const left = due - Date.now();
          if (left <= 0) return connect();
          show('Not connected.', false, `Next attempt in ${Math.ceil(left / 1000)} s`);
          timer = setTimeout(wait, Math.min(left, 1000));
        })();
      }

      // The state is also spoken, and so only when it changes; the seconds are not.
      function show(text, isOpen = false, wait = '') {
        if (part('state').textContent !== text) part('state').textContent = text;
        part('wait').textContent = wait;
        part('figures').classList.toggle('old', !isOpen);
        part('status').classList.toggle('open', isOpen);
        send.disabled = !isOpen;
      }

      // What the server says.
      const handlers = {
        hello(message) {
          if (room && room !== message.room) { add('note', 'The server has started anew.'); last = 0; }
          room = message.room;
          message.history.forEach(handlers.message);
        },
        message(message) {
          if (message.number <= last) return;
          last = message.number;
          const time = new Date(message.time * 1000).toLocaleTimeString([], { timeStyle: 'short' });
          add(message.name === form.elements.name.value ? 'own' : '', message.text, `${message.name}, ${time}`);
        },
        note: message => add('note', message.text),
        statistics(message) {
          part('people').textContent = message.people;
          part('messages').textContent = message.messages;
          part('memory').textContent = `${(message.resident / 1048576).toFixed(1)} MiB`;
          part('uptime').textContent = duration(message.uptime);
          rates = [...rates.slice(1), message.rate];
          const top = Math.max(4, ...rates);
          part('curve').setAttribute('points', rates.map((rate, x) => `${x},${39 - rate / top * 36}`).join(' '));
          part('rate').textContent = `Messages a second: ${message.rate}`;
          socket.send(`/trip ${performance.now()}`);
        },
        trip: message => part('trip').textContent = `${(performance.now() - message.from).toFixed(1)} ms`,
      };

      function add(kind, text, by) {
        const wasAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
        const item = document.createElement('li');
        if (kind) item.className = kind;
        if (by) {
          const line = document.createElement('span');
          line.className = 'by';
          line.textContent = by;
          item.append(line);
        }
        item.append(text);
        log.append(item);
        while (log.childElementCount > 200) log.firstElementChild.remove();
        if (wasAtEnd || kind === 'own') log.scrollTop = log.scrollHeight;
      }

      function duration(seconds) {
        const two = number => String(number).padStart(2, '0');
        return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
      }

      form.addEventListener('submit', event => {
        event.preventDefault();
        const text = form.elements.text.value.trim();
        if (!text || socket.readyState !== WebSocket.OPEN) return;
        socket.send(`/say ${text}`);
        form.elements.text.value = '';
      });
      form.elements.name.addEventListener('change', event => {
        if (!event.target.value.trim()) event.target.value = sessionStorage.name;
        sessionStorage.name = event.target.value = event.target.value.trim();
        if (socket.readyState === WebSocket.OPEN) socket.send(`/name ${event.target.value}`);
      });
      part('retry').addEventListener('click', connect);
      addEventListener('online', () => socket.readyState === WebSocket.CLOSED && connect());
      connect();
    </script>

    """#
