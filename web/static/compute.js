// The Web Worker of "in this browser": it runs a compute wasm, which is the
// server's own pipeline, away from the page's thread. The messages are
// specified in executor/batch/browser.go.
//
// There are two programs of the same source: with the kernels in vectors, and
// in plain WebAssembly. compute.js?simd=off takes the second; else the browser
// decides by what it can run. Which it was stands in the result.
"use strict";

importScripts("/web/gen/wasm_exec.js");

// A module with one function, which returns a vector of 128 bits: section by
// section its type () -> v128, its declaration, and its code, i32.const 0 and
// i8x16.splat.
const vectorModule = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
  0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b,
  0x03, 0x02, 0x01, 0x00,
  0x0a, 0x08, 0x01, 0x06, 0x00, 0x41, 0x00, 0xfd, 0x0f, 0x0b,
]);

function program() {
  const off = new URLSearchParams(self.location.search).get("simd") === "off";
  return !off && WebAssembly.validate(vectorModule) ? "compute-simd" : "compute-scalar";
}

async function start() {
  const go = new Go();
  const wasm = await WebAssembly.instantiateStreaming(fetch("/web/gen/" + program() + ".wasm"), go.importObject);
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
