// Services that cost, at the edge where the server calls them: pictures, edits, descriptions and words as Gemini answers,
// and a server of one's own that listens as OpenAI's does. What they say is made up; that they are asked is not.
import { createServer } from "node:http";
import { deflateSync } from "node:zlib";

const PAPER = {
  description: "갈색 단발머리에 남색 점퍼를 입은 젊은 사람이에요.",
  key_features: ["갈색 단발", "남색 점퍼"],
};
const OFFERED = ["gemini-nano-banana-2.1", "gemini-3-pro-image", "gemini-3.8-flash"];
const HEARD = [
  [12, 15, "우린 같은 노래로 달려"],
  [16, 19, "밤하늘에 번지는 빛"],
];

/** Starts them on a free port and says how a server finds them. */
export async function fakeServices() {
  const server = createServer(async (request, response) => {
    const body = await bytes(request);
    const answer = answerTo(request.url ?? "", body);
    response.writeHead(answer ? 200 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(answer ?? { error: { message: "not here", status: "NOT_FOUND" } }));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${server.address().port}`;
  const models = `[providers.gemini]
base = "${base}"
own = true

[providers.local]
base = "${base}/v1"
enabled = true
`;
  return {
    models,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

async function bytes(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

function answerTo(path, body) {
  if (path.includes("/audio/transcriptions")) {
    const segments = HEARD.map(([start, end, text]) => ({ start, end, text }));
    return { text: HEARD.map(([, , text]) => text).join(" "), duration: 30, segments };
  }
  if (path.endsWith("/v1/models")) return { data: [{ id: "whisper-large-v3" }] };
  if (/\/models(\?|$)/.test(path)) return { models: OFFERED.map((name) => ({ name: `models/${name}` })) };
  if (!path.includes(":generateContent")) return null;
  const asked = JSON.parse(body.toString("utf8"));
  const wishes = asked.generationConfig ?? {};
  const parts = wishes.responseModalities?.includes("IMAGE")
    ? [{ inlineData: { mimeType: "image/png", data: painting(wishes).toString("base64") } }]
    : [{ text: JSON.stringify(words(asked)) }];
  return {
    candidates: [{ content: { role: "model", parts }, finishReason: "STOP" }],
    usageMetadata: {
      promptTokenCount: 400,
      candidatesTokenCount: 1120,
      candidatesTokensDetails: wishes.responseModalities ? [{ modality: "IMAGE", tokenCount: 1120 }] : [],
    },
  };
}

/** Scenes in other words, or what is seen in photos: by what the answer must look like. */
function words(asked) {
  if (asked.generationConfig?.responseJsonSchema?.properties?.key_features)
    return { ...PAPER, style: "편한 거리 옷차림", confidence: 0.92 };
  const material = JSON.parse(asked.contents[0].parts[0].text);
  const lines = material.write.map((scene) => ({
    scene,
    title: `다시 쓴 장면 ${scene}`,
    description: "비가 그친 옥상에서 도시의 불빛이 하나둘 켜져요.",
    image_prompt: `${namedIn(material, scene)}a rooftop after the rain, city lights coming on one by one, wet concrete, film still`,
    motion_prompt: "slow push in while the lights come on",
    framing: null,
    camera: "push-in",
    action: null,
  }));
  return { lines };
}

/** Whoever is in a scene must be named in its words. */
function namedIn(material, number) {
  const people = material.scenes.find(({ scene }) => scene === number)?.people ?? [];
  return people.map((name) => `${name} on `).join("");
}

let painted = 0;

/** A picture of the shape that was asked for, another one each time. */
function painting(wishes) {
  painted += 1;
  const [across, down] = (wishes.imageConfig?.aspectRatio ?? "16:9").split(":").map(Number);
  const height = across >= down ? 720 : 1280;
  const width = Math.round((height * across) / down);
  const turn = (painted * 47) % 360;
  const rows = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = y * (width * 3 + 1) + 1 + x * 3;
      const sun = Math.hypot(x / width - 0.62, (y / height - 0.58) * (height / width)) < 0.09 ? 90 : 0;
      const ground = y / height > 0.8 ? 0.35 : 1;
      const fade = 1 - y / height;
      rows[at] = Math.min(255, (70 + 110 * Math.abs(Math.sin((turn * Math.PI) / 180)) * (1 - fade) + sun) * ground);
      rows[at + 1] = Math.min(255, (45 + 60 * (1 - fade) + sun) * ground);
      rows[at + 2] = Math.min(255, (90 + 100 * fade + sun / 2) * ground);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const magic = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    magic,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(kind, data) {
  const named = Buffer.concat([Buffer.from(kind, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc(named));
  return Buffer.concat([length, named, check]);
}

function crc(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return (sum ^ 0xffffffff) >>> 0;
}
