import { expect, test } from "vitest";
import { deviceName, isPhone } from "./device-name";

const MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko)";

test.each([
  [`${MAC} Chrome/140.0.0.0 Safari/537.36`, "Chrome · Mac"],
  [`${MAC} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0`, "Edge · Mac"],
  [`${MAC} Version/19.0 Safari/605.1.15`, "Safari · Mac"],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox · Windows"],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 CriOS/140.0 Mobile Safari/604.1",
    "Chrome · iPhone",
  ],
  ["curl/8.9.1", "curl"],
  ["", null],
  [null, null],
])("%s", (agent, name) => {
  expect(deviceName(agent)).toBe(name);
});

test("phones and tablets are told apart from computers", () => {
  expect(isPhone("Mozilla/5.0 (Linux; Android 16; Pixel 10) Chrome/140.0 Mobile Safari/537.36")).toBe(true);
  expect(isPhone(MAC)).toBe(false);
  expect(isPhone(null)).toBe(false);
});
