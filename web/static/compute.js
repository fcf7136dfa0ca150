// The Web Worker of "in this browser": it runs the compute wasm, which is the
// server's own pipeline, away from the page's thread. The messages are
// specified in executor/batch/browser.go.
"use strict";

importScripts("/web/gen/wasm_exec.js");

async function start() {
  const go = new Go();
  const wasm = await WebAssembly.instantiateStreaming(fetch("/web/gen/compute.wasm"), go.importObject);
  go.run(wasm.instance); // returns when main waits; carrilesRun is defined then
}

const started = start();

self.onmessage = async (message) => {
  if (message.data.type !== "run") {
    return;
  }
  try {
    await started;
    self.carrilesRun(message.data.job);
  } catch (err) {
    const event = JSON.stringify({ phase: "error", done: 0, total: 0, error: String(err) });
    self.postMessage({ type: "event", event: event, blobs: [] });
  }
};
