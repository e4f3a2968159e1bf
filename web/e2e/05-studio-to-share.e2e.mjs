// From the storyboard to a film that somebody else watches: the studio, the price, live progress, versions, a link.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before } from "node:test";
import { accessible, base, journey, open, shot } from "./browser.mjs";

let studio;
let page;
let project;
let link;
/** Index of a scene that may be changed: an earlier journey may have locked some. */
let free;
before(async () => {
  studio = await open({ signedIn: true, width: 1600, height: 1000 });
  page = studio.page;
});
after(() => studio.close());
const step = journey(() => page);

/** A film takes minutes on a small machine. */
const FILM = 15 * 60_000;

const scenes = async () => (await (await page.request.get(`${base}/api/projects/${project}/scenes`)).json()).scenes;
const boundary = (to) => page.getByRole("slider", { name: new RegExp(`^장면 ${to - 1}. ${to}의 경계$`) });
const saved = () => page.getByText("모든 변경 저장됨").waitFor();
const place = (slider) => slider.getAttribute("aria-valuetext");

async function drag(slider, pixels, { drop = true } = {}) {
  const box = await slider.boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let part = 1; part <= 8; part += 1) await page.mouse.move(x + (pixels * part) / 8, y);
  await page.locator("output", { hasText: "·" }).last().waitFor();
  if (drop) await page.mouse.up();
}

step("the studio opens on the scene that its address names", async () => {
  const { data } = await (await page.request.get(`${base}/api/projects`)).json();
  project = data[0].id;
  assert.ok((await scenes()).length > 3, "the first journey left a storyboard");
  free = (await scenes()).findIndex((scene, index) => index > 2 && !scene.locked);
  await page.goto(`${base}/p/${project}/edit?scene=2`);
  await page.getByRole("heading", { name: /^2 · / }).waitFor();
  await boundary(2).waitFor();
  await saved();
  await accessible(page, "studio");
  await shot(page, "studio");
});

step("a dragged boundary snaps to the beat, is one step of undo, and reaches the server once", async () => {
  const was = await place(boundary(3));
  const [, , third] = await scenes();
  const patches = [];
  page.on("request", (request) => request.method() === "PATCH" && patches.push(request.url()));
  await drag(boundary(3), -40);
  const moved = await place(boundary(3));
  assert.notEqual(moved, was);
  await page.waitForResponse((answer) => answer.request().method() === "PATCH" && answer.ok());
  await saved();
  assert.equal(patches.length, 1);
  assert.notEqual((await scenes())[2].timestamp_start, third.timestamp_start);
  await page.keyboard.press("Control+z");
  await page.waitForResponse((answer) => answer.request().method() === "PATCH" && answer.ok());
  await saved();
  assert.equal(await place(boundary(3)), was);
  assert.ok(Math.abs((await scenes())[2].timestamp_start - third.timestamp_start) < 1e-6);
});

step("Esc leaves a drag as if it had not been, and arrows move a boundary by a beat", async () => {
  const was = await place(boundary(3));
  await drag(boundary(3), 60, { drop: false });
  await page.keyboard.press("Escape");
  await page.mouse.up();
  assert.equal(await place(boundary(3)), was);
  assert.ok(await page.getByRole("button", { name: "되돌리기", exact: true }).isDisabled());
  await boundary(3).focus();
  await page.keyboard.press("ArrowLeft");
  assert.notEqual(await place(boundary(3)), was);
  await page.keyboard.press("ArrowRight");
  assert.equal(await place(boundary(3)), was);
  await saved();
});

step("a scene is cut in two and put together again", async () => {
  const count = (await scenes()).length;
  await page.locator("[data-scene='1']").click();
  for (let beat = 0; beat < 4; beat += 1) await page.keyboard.press("ArrowRight");
  await page.getByRole("button", { name: "재생 위치에서 나누기" }).click();
  await page.getByText(`${count + 1}장면`, { exact: true }).waitFor();
  await page.waitForResponse((answer) => answer.url().endsWith("/scenes") && answer.request().method() === "GET");
  await saved();
  assert.equal((await scenes()).length, count + 1);
  await page.getByRole("button", { name: "되돌리기", exact: true }).click();
  await page.getByText(`${count}장면`, { exact: true }).waitFor();
  await page.waitForResponse((answer) => answer.url().endsWith("/scenes") && answer.request().method() === "GET");
  await saved();
  assert.equal((await scenes()).length, count);
});

step("what somebody else changed meanwhile is shown, and neither side is lost", async () => {
  const scene = (await scenes())[free];
  await page.locator(`[data-scene='${free + 1}']`).click();
  const weather = scene.config.weather === "snow" ? "fog" : "snow";
  const theirs = await page.request.patch(`${base}/api/scenes/${scene.id}`, {
    data: { config: { weather } },
    headers: { origin: base },
  });
  assert.ok(theirs.ok());
  await page.getByRole("radio", { name: "촛불" }).check({ force: true });
  await page.getByRole("heading", { name: "그사이 이 장면이 바뀌었어요" }).waitFor();
  await accessible(page, "conflict");
  await page.getByRole("button", { name: "내 변경을 새 버전으로 저장" }).click();
  await page.waitForResponse((answer) => answer.request().method() === "PATCH" && answer.ok());
  await saved();
  const both = (await scenes())[free];
  assert.equal(both.config.lighting, "candle");
  assert.equal(both.config.weather, weather);
});

step("edits made offline wait in the browser and arrive when it is back", async () => {
  await studio.context.setOffline(true);
  await page.getByRole("radio", { name: "네온" }).check({ force: true });
  await page.getByText("오프라인이에요. 고친 내용은 남아 있어요.").waitFor();
  await page.waitForEvent("requestfailed", (request) => request.method() === "PATCH");
  await studio.context.setOffline(false);
  await page.waitForResponse((answer) => answer.request().method() === "PATCH" && answer.ok());
  await saved();
  assert.equal((await scenes())[free].config.lighting, "neon");
});

step("the price is shown before anything is made, and progress while it is", async () => {
  await page.getByRole("button", { name: /^(영상 만들기|남은 .*장면 생성)$/ }).click();
  await page.getByText("초안 720p").click();
  await page.getByRole("button", { name: "무료로 생성" }).waitFor();
  await accessible(page, "price");
  await shot(page, "price");
  await page.getByRole("button", { name: "무료로 생성" }).click();
  await page.getByRole("button", { name: /생성 중|차례를 기다려요/ }).click();
  await page.getByRole("button", { name: "생성 취소" }).waitFor();
  await accessible(page, "progress");
  await page.reload();
  await page.getByRole("button", { name: /생성 중|차례를 기다려요|이어 붙이는 중/ }).waitFor();
  await page.getByRole("button", { name: "영상이 완성됐어요" }).waitFor({ timeout: FILM });
});

step("one scene is made anew, compared with what it was, and taken back", async () => {
  await page.goto(`${base}/p/${project}/edit?scene=${free + 1}`);
  await page.getByRole("button", { name: /이 장면 다시 생성/ }).click();
  await page.getByRole("button", { name: "무료로 생성" }).click();
  await page.getByRole("button", { name: "장면을 다시 만들었어요" }).waitFor({ timeout: FILM });
  await page.getByRole("button", { name: "비교", exact: true }).first().click();
  await page.getByRole("slider", { name: "비교 경계" }).waitFor();
  await accessible(page, "comparison");
  await shot(page, "comparison");
  await page.getByRole("button", { name: "이 버전으로 되돌리기" }).first().click();
  await page.getByText(/되돌렸어요/).waitFor();
});

step("the film is there with its report, its files and a link", async () => {
  await page.goto(`${base}/p/${project}/finish`);
  await page.getByText("모든 항목을 통과했어요").waitFor();
  await page.getByText("자막 (SRT)").waitFor();
  await accessible(page, "finish");
  await shot(page, "finish");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "프로젝트 전체 (ZIP)" }).click(),
  ]);
  assert.match(download.suggestedFilename(), /\.zip$/);
  const archive = await readFile(await download.path());
  assert.ok(archive.includes("storyboard.json") && archive.includes("clips/scene-01."), "the archive has its files");
  await page.getByRole("button", { name: "공유 링크 만들기" }).click();
  link = await page.getByLabel("새 공유 링크").inputValue();
  assert.match(link, /\/watch\//);
});

step("it is had in another shape beside it, for nothing", async () => {
  await page.getByRole("button", { name: "다른 형식으로 만들기" }).click();
  await page.getByText("720p", { exact: true }).click();
  await accessible(page, "another format");
  await shot(page, "another-format");
  await page.getByRole("button", { name: "무료로 생성" }).click();
  await page.getByRole("progressbar", { name: /9:16 · 720p/ }).waitFor();
  const file = page.getByRole("link", { name: /9:16 · 720p/ });
  await file.waitFor({ timeout: FILM });
  const size = await page.evaluate(
    (address) =>
      new Promise((resolve, reject) => {
        const video = document.createElement("video");
        video.onloadedmetadata = () => resolve([video.videoWidth, video.videoHeight]);
        video.onerror = () => reject(video.error);
        video.src = address;
      }),
    await file.getAttribute("href"),
  );
  assert.deepEqual(size, [720, 1280]);
  await shot(page, "finish-shapes");
});

step("somebody without an account watches it and says something", async () => {
  const guest = await open({ locale: "en" });
  const seen = guest.page;
  await seen.goto(new URL(new URL(link).pathname, base).href);
  await seen.getByRole("heading", { level: 1 }).waitFor();
  await seen.getByRole("button", { name: "Play" }).first().click();
  await seen.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0.2);
  await accessible(seen, "watch");
  await seen.getByLabel("Name").fill("Dojun");
  await seen.getByLabel("Comment", { exact: true }).fill("The rain is lovely here");
  await seen.getByRole("button", { name: "Comment", exact: true }).click();
  await seen.getByText("Your comment is there.").waitFor();
  await shot(seen, "watch");
  await guest.close();
  await page.goto(`${base}/p/${project}/review`);
  await page.getByText("The rain is lovely here").waitFor();
  await accessible(page, "review");
});
