// Times sharp's filters and JPEG codec on one thread, one operation at a time, as kernels.py times OpenCV's and Pillow's.
//
// usage: kernels.mjs IMAGE
// For each line of the standard input, the name of an operation, it prints one line of JSON: {"sharp": 14.2}, the
// milliseconds, or {} for what sharp has not. A time is the median of three runs after one that does not count, over
// pixels that are decoded already. The first line that it prints tells the versions and which operations there are.
import fs from "node:fs";
import readline from "node:readline";

process.env.UV_THREADPOOL_SIZE = "1"; // before the first use of the pool
let sharp;
try {
  sharp = (await import("sharp")).default;
} catch (missing) {
  console.error(`${missing.message}: the comparison with sharp needs Node 20 and "npm ci --prefix bench/peers"`);
  process.exit(1);
}
if (process.argv.length !== 3) {
  console.error("usage: kernels.mjs IMAGE");
  process.exit(1);
}
sharp.concurrency(1);
sharp.cache(false);

const file = fs.readFileSync(process.argv[2]);
const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
const pixels = () => sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });

// Edges is not among them: libvips has a Canny detector, and sharp does not hand it on.
const operations = {
  decode: () => sharp(file).raw().toBuffer(),
  resize: () => pixels().resize(800, 600, { fit: "fill", kernel: "lanczos3" }).raw().toBuffer(),
  blur: () => pixels().blur(2).raw().toBuffer(),
  brightness: () => pixels().linear(1.2, 0).raw().toBuffer(),
  sharpen: () => pixels().convolve({ width: 3, height: 3, kernel: [-1, -1, -1, -1, 9, -1, -1, -1, -1] }).raw().toBuffer(),
  encode: () => pixels().jpeg({ quality: 95 }).toBuffer(),
};

async function turn(work) {
  await work();
  const times = [];
  for (let i = 0; i < 3; i++) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b)[1];
}

const answer = value => process.stdout.write(JSON.stringify(value) + "\n");
answer({
  versions: { sharp: `${sharp.versions.sharp} (libvips ${sharp.versions.vips})`, Node: process.versions.node },
  operations: Object.keys(operations),
});
for await (const line of readline.createInterface({ input: process.stdin })) {
  const work = operations[line.trim()];
  answer(work ? { sharp: await turn(work) } : {});
}
