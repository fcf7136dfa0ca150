// The Web Worker of "in this browser": it runs a compute wasm, which is the
// server's own pipeline, away from the page's thread. The messages are
// specified in executor/batch/result/browser.go.
//
// There are two programs of the same source: with the kernels in vectors, and
// in plain WebAssembly. compute.js?simd=off takes the second; else the browser
// decides by what it can run. Which it was stands in the result.
// @ts-check
"use strict";

importScripts("gen/wasm_exec.js");

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

/** @param {unknown} reason */
function fail(reason) {
  const event = JSON.stringify({ phase: "error", done: 0, total: 0, error: String(reason) });
  self.postMessage({ type: "event", event: event, blobs: [] });
}

async function start() {
  const go = new Go();
  const asked = performance.now();
  const module = await WebAssembly.compileStreaming(fetch("gen/" + program() + ".wasm"));
  const compiled = performance.now();
  const instance = await WebAssembly.instantiate(module, go.importObject);
  // It returns when main waits, and is settled only when the program has ended,
  // which it does of itself never: then it has panicked.
  go.run(instance).then(() => fail("the program has ended"), fail);
  self.carrilesStart = { compile: compiled - asked, instantiate: performance.now() - compiled };
}

const started = start();

// Messages keep their order: those that come early all wait for the same start.
self.onmessage = async (message) => {
  try {
    await started;
    self.carriles[message.data.type](message.data);
  } catch (err) {
    fail(err);
  }
};
