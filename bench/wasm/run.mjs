// Compares our kernels in WebAssembly with wasm-vips and OpenCV.js, and with
// themselves built without SIMD, all in this one process and in turns, so that
// what disturbs the machine disturbs everybody. One thread each.
//
// usage: node run.mjs GOROOT/lib/wasm SIMD.wasm SCALAR.wasm IMAGE OUT.json VERSION [ROUNDS]
//
// It keeps the raw samples in OUT.json, in the form of the Go package
// bench/report, which makes ratios of them.

import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";

const require = createRequire(import.meta.url);
const [golib, simdFile, scalarFile, imageFile, outFile, version, roundsText = "9"] = process.argv.slice(2);
const rounds = Number(roundsText);
if (!version || !(rounds >= 1)) {
  console.error("usage: node run.mjs GOROOT/lib/wasm SIMD.wasm SCALAR.wasm IMAGE OUT.json VERSION [ROUNDS]");
  process.exit(2);
}

// What Go's wasm_exec.js expects to find.
Object.assign(globalThis, { require, fs, path });
require(path.join(golib, "wasm_exec.js"));

/** Loads a build of ours: {info, run}. */
async function loadOurs(file) {
  const go = new globalThis.Go();
  const offered = new Promise((resolve) => {
    globalThis.carrilesOffer = resolve;
  });
  go.argv = ["bench", imageFile, "carrilesOffer"];
  const { instance } = await WebAssembly.instantiate(fs.readFileSync(file), go.importObject);
  go.run(instance); // for as long as this process
  const ours = await offered;
  if (ours.error) {
    throw new Error(`${file}: ${ours.error}`);
  }
  const run = (name) => {
    const problem = ours.run(name);
    if (problem) {
      throw new Error(`${file}, ${name}: ${problem}`);
    }
  };
  return { info: JSON.parse(ours.info), run };
}

/** wasm-vips' operations by name. */
async function loadVips() {
  const vips = await require("wasm-vips")();
  vips.concurrency(1);
  vips.Cache.max(0); // or a second run would be a look-up
  const jpeg = fs.readFileSync(imageFile);
  // libvips computes on demand; copyMemory has it done, and leaves the pixels
  // in its own memory, as we do.
  const done = (image) => {
    image.copyMemory().delete();
    image.delete();
  };
  const rgb = vips.Image.newFromBuffer(jpeg).copyMemory();
  const rgba = rgb.bandjoin(255).copyMemory(); // our pixels have four channels
  const kernel = vips.Image.newFromArray([
    [-1, -1, -1],
    [-1, 9, -1],
    [-1, -1, -1],
  ]);
  return {
    version: vips.version(),
    operations: {
      decode: () => done(vips.Image.newFromBuffer(jpeg)),
      // With a box filter before Lanczos where that saves time: its default.
      resize: () => done(rgba.resize(800 / rgba.width, { vscale: 600 / rgba.height, kernel: "lanczos3" })),
      blur: () => done(rgba.gaussblur(2.0)),
      sharpen: () => done(rgba.conv(kernel, { precision: "integer" })),
      // It would keep the chroma whole at this quality; we and the peers of
      // the native comparison halve it.
      encode: () => rgb.writeToBuffer(".jpg", { Q: 95, subsample_mode: "on" }),
    },
    pixels: rgba.writeToMemory(),
  };
}

/** OpenCV.js' operations by name, on the given RGBA pixels. */
async function loadOpenCV(width, height, pixels) {
  const cv = await require("@techstark/opencv-js");
  const rgba = cv.matFromArray(height, width, cv.CV_8UC4, pixels);
  const table = [];
  for (let v = 0; v < 256; v++) {
    const brighter = Math.min(Math.trunc(v * 1.2), 255);
    table.push(brighter, brighter, brighter, v); // alpha stays
  }
  const lut = cv.matFromArray(1, 256, cv.CV_8UC4, table);
  const bright = new cv.Mat();
  const grey = new cv.Mat();
  const smooth = new cv.Mat();
  const edges = new cv.Mat();
  return {
    version: /Version control:\s*(\S+)/.exec(cv.getBuildInformation())?.[1] ?? "unknown",
    operations: {
      brightness: () => cv.LUT(rgba, lut, bright),
      edges: () => {
        cv.cvtColor(rgba, grey, cv.COLOR_RGBA2GRAY);
        cv.GaussianBlur(grey, smooth, new cv.Size(5, 5), 0);
        cv.Canny(smooth, edges, 50, 150);
      },
    },
  };
}

/** The milliseconds of one run: the median of three after one that does not count. */
function turn(work) {
  work();
  const times = [];
  for (let i = 0; i < 3; i++) {
    const began = performance.now();
    work();
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b)[1];
}

/** Has all contestants work in turns; the order alternates, and one round before does not count. */
function interleave(contestants) {
  const samples = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    const order = Object.entries(contestants);
    if (round % 2) {
      order.reverse();
    }
    for (const [name, work] of order) {
      const ms = turn(work);
      if (round > 0) {
        samples[name].push(ms);
      }
    }
  }
  return samples;
}

const simd = await loadOurs(simdFile);
const scalar = await loadOurs(scalarFile);
const { width, height } = simd.info;
const vips = await loadVips();
const opencv = await loadOpenCV(width, height, vips.pixels);
delete vips.pixels;

const input = `${path.basename(imageFile)} of ${width}x${height} pixels, decoded; our SIMD: ${simd.info.simd}`;
const peers = { title: "WebAssembly, one thread", input, unit: "ms", rows: [], overall: false };
const builds = { title: "WebAssembly, with and without SIMD", input, unit: "ms", rows: [], overall: false };
for (const name of simd.info.operations) {
  console.error(`${name}: ${rounds} rounds`);
  const contestants = { simd: () => simd.run(name), scalar: () => scalar.run(name) };
  if (vips.operations[name]) {
    contestants["wasm-vips"] = vips.operations[name];
  }
  if (opencv.operations[name]) {
    contestants["OpenCV.js"] = opencv.operations[name];
  }
  const { simd: ours, scalar: plain, ...others } = interleave(contestants);
  peers.rows.push({ name, ours, peers: others });
  builds.rows.push({ name, ours, peers: { "ours without SIMD": plain } });
}

const packageVersion = (name) => JSON.parse(fs.readFileSync(path.join(import.meta.dirname, "node_modules", name, "package.json"))).version;
const results = {
  title: "WebAssembly",
  date: new Date().toISOString(),
  cpu: os.cpus()[0].model,
  cores: os.cpus().length,
  versions: {
    Carriles: version,
    Go: simd.info.go.replace(/^go/, ""),
    Node: process.version.slice(1),
    "wasm-vips": `${packageVersion("wasm-vips")} (libvips ${vips.version})`,
    "OpenCV.js": `${packageVersion("@techstark/opencv-js")} (OpenCV ${opencv.version})`,
  },
  tables: [peers, builds],
};
fs.mkdirSync(path.dirname(outFile), { recursive: true });
fs.writeFileSync(outFile, `${JSON.stringify(results, null, 2)}\n`);
process.exit(0); // the peers' threads and our programs would wait for ever
