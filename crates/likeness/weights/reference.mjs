// Runs the original implementation over three cuts of the sample's portrait and writes what it computes, for the tests:
//
//     npm install @vladmandic/face-api@1.7.15 @tensorflow/tfjs@4 @tensorflow/tfjs-backend-wasm@4
//     ffmpeg -i samples/harin.png -f rawvideo -pix_fmt rgb24 harin.rgb
//     node reference.mjs harin.rgb 1024 reference.json

import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const require = createRequire(join(process.cwd(), "package.json"));
const tf = require("@tensorflow/tfjs");
const faceapi = require("@vladmandic/face-api/dist/face-api.node-wasm.js");
const models = join(dirname(require.resolve("@vladmandic/face-api/package.json")), "model");

const [rgb, width, out] = [readFileSync(process.argv[2]), Number(process.argv[3]), process.argv[4]];

// Every `step`-th pixel of a square from `left`, `top`.
function cut(side, step, left, top) {
  const pixels = new Float32Array(side * side * 3);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const from = ((top + y * step) * width + left + x * step) * 3;
      for (let c = 0; c < 3; c++) pixels[(y * side + x) * 3 + c] = rgb[from + c];
    }
  }
  return tf.tensor3d(pixels, [side, side, 3]);
}

await tf.setBackend("cpu");
await tf.ready();
await faceapi.nets.tinyFaceDetector.loadFromDisk(models);
await faceapi.nets.faceLandmark68Net.loadFromDisk(models);
await faceapi.nets.faceRecognitionNet.loadFromDisk(models);

const input = async (tensor) => faceapi.toNetInput(tensor);
const grid = faceapi.nets.tinyFaceDetector.forwardInput(await input(cut(416, 2, 96, 160)), 416);
const points = faceapi.nets.faceLandmark68Net.forwardInput(await input(cut(112, 4, 300, 430)));
const descriptor = faceapi.nets.faceRecognitionNet.forwardInput(await input(cut(150, 4, 212, 330)));
const rounded = async (tensor) => Array.from(await tensor.data(), (value) => Number(value.toFixed(5)));
const found = { detector: await rounded(grid), landmarks: await rounded(points), recognition: await rounded(descriptor) };
writeFileSync(out, JSON.stringify(found) + "\n");
