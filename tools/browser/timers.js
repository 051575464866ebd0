// Counts the short one-shot timers a page waits for (debounce, delayed drawing), so that we wait for them too.
// The only script that runs in the page's own world: there is no other way to know of them.
(() => {
  const key = Symbol.for("podium.timers");
  if (globalThis[key]) return;
  const LONGEST_MS = 1200;
  const DEEPEST = 3; // timers that set timers: a clock, not a page that is being made
  const waiting = new Map();
  let depth = 0;
  const plain = globalThis.setTimeout;
  const { clearTimeout: plainClear } = globalThis;
  const due = () => performance.now();
  globalThis.setTimeout = new Proxy(plain, {
    apply(target, self, args) {
      const [work, delay, ...rest] = args;
      if (typeof work !== "function" || !(delay >= 1 && delay <= LONGEST_MS) || depth >= DEEPEST) return Reflect.apply(target, self, args);
      const level = depth + 1;
      const id = Reflect.apply(target, self, [
        function (...values) {
          waiting.delete(id);
          const before = depth;
          depth = level;
          try {
            return work.apply(this, values);
          } finally {
            depth = before;
          }
        },
        delay,
        ...rest,
      ]);
      waiting.set(id, due() + delay);
      return id;
    },
  });
  globalThis.clearTimeout = new Proxy(plainClear, {
    apply(target, self, args) {
      waiting.delete(args[0]);
      return Reflect.apply(target, self, args);
    },
  });
  // Closed shadow roots are closed to our script too: it is told which elements have one.
  const hosts = new Set();
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = new Proxy(attach, {
    apply(target, self, args) {
      const root = Reflect.apply(target, self, args);
      if (root.mode === "closed") hosts.add(new WeakRef(self));
      return root;
    },
  });
  addEventListener("podium-closed?", () => {
    for (const kept of hosts) {
      const host = kept.deref();
      if (!host) hosts.delete(kept);
      else if (host.isConnected) host.dispatchEvent(new CustomEvent("podium-closed", { composed: true }));
    }
  });
  const count = () => [...waiting.values()].filter((at) => at > due() - 50).length;
  Object.defineProperty(globalThis, key, { value: count });
  // Our script lives in a world of its own and asks by an event: worlds share nothing else.
  addEventListener("podium-timers?", () => dispatchEvent(new CustomEvent("podium-timers", { detail: count() })));
})();
