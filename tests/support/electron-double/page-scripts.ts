/**
 * What runs in a page of the double. The preload has a JavaScript world of its own; the two
 * worlds share the document only, so they speak by events on it, whose details are strings.
 */

/** In the preload's world: `require('electron')`, then the preload itself. */
export function preloadWorld(preload: string): string {
  return `(() => {
  const listeners = new Map();
  globalThis.doubleDeliver = (channel, args) => { for (const listener of listeners.get(channel) ?? []) listener({}, ...args); };
  const say = (type, detail) => document.dispatchEvent(new CustomEvent(type, { detail: JSON.stringify(detail) }));
  const electron = {
    ipcRenderer: {
      send: (channel, ...args) => doubleSend(JSON.stringify([channel, args])),
      on: (channel, listener) => listeners.set(channel, [...(listeners.get(channel) ?? []), listener]),
    },
    contextBridge: {
      exposeInMainWorld(name, api) {
        document.addEventListener('double:call', ({ detail }) => {
          const { method, args } = JSON.parse(detail);
          const revive = (arg) => (arg?.callback === undefined ? arg.value : (...given) => say('double:callback', { callback: arg.callback, given }));
          say('double:result', { value: api[method](...args.map(revive)) });
        });
        say('double:expose', { name, methods: Object.keys(api) });
      },
    },
  };
  const require = (name) => { if (name !== 'electron') throw new Error('a sandboxed preload has no ' + name); return electron; };
  new Function('require', 'module', 'exports', ${JSON.stringify(preload)})(require, { exports: {} }, {});
})();`;
}

/** In the page's world: what the preload exposes appears on \`window\`, as functions only. */
export const mainWorld = `(() => {
  const callbacks = [];
  document.addEventListener('double:callback', ({ detail }) => {
    const { callback, given } = JSON.parse(detail);
    callbacks[callback](...given);
  });
  document.addEventListener('double:expose', ({ detail }) => {
    const { name, methods } = JSON.parse(detail);
    const call = (method) => (...args) => {
      let result;
      const take = (event) => { result = JSON.parse(event.detail).value; };
      const pack = (arg) => (typeof arg === 'function' ? { callback: callbacks.push(arg) - 1 } : { value: arg });
      document.addEventListener('double:result', take, { once: true });
      document.dispatchEvent(new CustomEvent('double:call', { detail: JSON.stringify({ method, args: args.map(pack) }) }));
      return result;
    };
    Object.defineProperty(window, name, { value: Object.freeze(Object.fromEntries(methods.map((method) => [method, call(method)]))) });
  });
})();`;
