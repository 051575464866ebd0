// Messages of WebSockets wait for leave, in order, like any other request: Chromium pauses none of them.
// In the page's own world, where `send` is; who gives leave listens in a world of its own (`acting.js`).
(() => {
  const key = Symbol.for("podium.sockets");
  if (globalThis[key] || !globalThis.WebSocket) return;
  Object.defineProperty(globalThis, key, { value: true });
  const MOST = 20000; // characters of a message that are looked at
  const waiting = new Map();
  const queues = new WeakMap();
  let last = 0;
  const say = (detail) => dispatchEvent(new CustomEvent("podium-socket", { detail: JSON.stringify(detail) }));
  // The data as it is now: the page may reuse its buffer.
  const kept = (data) => (data instanceof ArrayBuffer ? data.slice(0) : ArrayBuffer.isView(data) ? data.slice?.() ?? new Uint8Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength)) : data);
  const flush = (queue) => {
    while (queue.length && queue[0].leave !== undefined) {
      const { leave, go } = queue.shift();
      if (leave) go();
    }
  };
  WebSocket.prototype.send = new Proxy(WebSocket.prototype.send, {
    apply(target, self, args) {
      if (!(self instanceof WebSocket) || self.readyState !== WebSocket.OPEN || !args.length) return Reflect.apply(target, self, args);
      const id = ++last;
      const data = kept(args[0]);
      const queue = queues.get(self) ?? [];
      queues.set(self, queue);
      const entry = {
        leave: undefined,
        go() {
          if (self.readyState !== WebSocket.OPEN) return;
          self.addEventListener("message", () => say({ id, answered: true }), { once: true });
          Reflect.apply(target, self, [data]);
        },
      };
      queue.push(entry);
      waiting.set(id, (leave) => {
        entry.leave = leave;
        flush(queue);
      });
      say({ id, url: self.url, body: typeof data === "string" ? data.slice(0, MOST) : "" });
    },
  });
  addEventListener("podium-socket!", ({ detail }) => {
    const { id, leave } = JSON.parse(detail);
    const decide = waiting.get(id);
    waiting.delete(id);
    decide?.(leave);
  });
})();
