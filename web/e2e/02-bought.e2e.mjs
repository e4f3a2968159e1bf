// What costs, against services that are made up at the edge: prices are said first, and nothing is bought without a word.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before } from "node:test";
import { accessible, base, journey, open, samples, shot } from "./browser.mjs";

let studio;
let page;
let project;
const step = journey(() => page);

before(async () => {
  studio = await open({ signedIn: true });
  page = studio.page;
});
after(() => studio.close());

const scenes = async () => (await (await page.request.get(`${base}/api/projects/${project}/scenes`)).json()).scenes;

step("test pictures are bought from a model that was chosen, at the price that was said", async () => {
  await page.goto(`${base}/characters/new`);
  await page.locator("input[type=file]").setInputFiles(join(samples, "dojun.png"));
  await page.getByLabel("이름").fill("도준");
  await page.getByRole("checkbox").check();
  await page.getByRole("button", { name: "무료로 시험 이미지 만들기" }).waitFor();
  await page.getByLabel("시험 이미지를 그릴 모델").selectOption("nano-banana");
  await page.getByLabel("사진을 설명할 모델").selectOption("gemini-flash");
  const make = page.getByRole("button", { name: "$0.25로 시험 이미지 만들기" });
  await make.waitFor();
  await accessible(page, "a new character with prices");
  await make.click();
  await page.getByText("갈색 단발머리에 남색 점퍼를 입은 젊은 사람이에요.").waitFor();
  await page.getByRole("img", { name: "시험 이미지 4: 무대" }).waitFor();
  assert.equal(await page.getByText("Nano Banana 2.1").count(), 4);
});

step("what is wrong with a picture is said, and that one alone is bought again", async () => {
  await page.getByRole("button", { name: "맞아요, 시험 이미지 1" }).click();
  await page.getByRole("button", { name: "달라요, 시험 이미지 2" }).click();
  await page.getByText("머리", { exact: true }).click();
  await page.getByLabel(/어떻게 고칠까요/).fill("어깨까지 오는 머리");
  await accessible(page, "rejecting a test picture");
  await page.getByRole("button", { name: "이유 저장" }).click();
  await page.getByText("“어깨까지 오는 머리”").waitFor();
  await page.getByRole("button", { name: "다른 1장 다시 그리기" }).click();
  const again = page.getByRole("dialog").getByRole("button", { name: "$0.06로 시험 이미지 만들기" });
  await again.waitFor();
  await accessible(page, "test pictures again");
  await shot(page, "test-pictures-again");
  await again.click();
  await page.getByText("2번째 그림").waitFor();
  assert.equal(await page.getByText("2번째 그림").count(), 1);
  for (const number of [2, 3, 4]) {
    await page.getByRole("button", { name: `맞아요, 시험 이미지 ${number}` }).click();
    await page.getByRole("button", { name: `맞아요, 시험 이미지 ${number}`, pressed: true }).waitFor();
  }
  await page.getByText("승인함").waitFor();
});

step("before a character goes, what goes with it is said", async () => {
  await page.getByRole("button", { name: "캐릭터 삭제" }).click();
  await page.getByText(/사진 1장과 시험 이미지 4장/).waitFor();
  await accessible(page, "deleting a character");
  await page.keyboard.press("Escape");
});

step("a song is listened to, and its lyrics get their times", async () => {
  const { data } = await (await page.request.get(`${base}/api/projects`)).json();
  project = data[0].id;
  await page.goto(`${base}/p/${project}/analysis`);
  await page.getByRole("button", { name: "노래 듣고 시간 맞추기" }).click();
  await page.getByLabel("부르는 말").selectOption("ko");
  await accessible(page, "having a song listened to");
  await page.getByRole("button", { name: "듣기", exact: true }).click();
  await page.getByText("노래를 듣고 가사를 맞췄어요").waitFor();
});

step("scenes that were chosen are written anew, and locked ones stay", async () => {
  await page.goto(`${base}/p/${project}/board`);
  await page.getByRole("checkbox", { name: "5번 장면 고르기", exact: true }).check({ force: true });
  await page.getByRole("button", { name: "AI로 장면 글 쓰기" }).click();
  await accessible(page, "having scenes written");
  await page.getByRole("button", { name: /^1장면을 \$[\d.]+로 쓰기$/ }).click();
  await page.getByText("1장면을 새로 썼어요.").waitFor();
  await page.getByRole("heading", { name: "다시 쓴 장면 5" }).waitFor();
});

step("a change of many scenes says first what it makes stale", async () => {
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /채우기 · 무료/ }).click();
  // Another template laid the board out anew: what was drawn before is not of these scenes.
  const ready = async () =>
    (await scenes()).find((scene) => scene.image_url && !scene.locked && scene.status === "image_ready");
  let one = await ready();
  while (!one) {
    await page.waitForResponse((answer) => answer.url().includes("/scenes"));
    one = await ready();
  }
  await page.getByRole("button", { name: "그만 그리기" }).click();
  await page.getByRole("button", { name: /채우기 · 무료/ }).waitFor();
  await page.getByRole("checkbox", { name: `${one.scene_number}번 장면 고르기`, exact: true }).check({ force: true });
  await page.getByRole("button", { name: "조명 바꾸기" }).click();
  await page.getByRole("menuitem", { name: one.config.lighting === "neon" ? "달빛" : "네온" }).click();
  await page.getByText("그림 1장을 다시 만들어야 해요").waitFor();
  await accessible(page, "what a change makes stale");
  await page.getByRole("button", { name: "1장면 바꾸기" }).click();
  await page.getByText("1장면을 고쳤어요").waitFor();
  await page.getByText("모든 변경 저장됨").waitFor();
});

step("a scene's words are polished, looked at, and taken", async () => {
  const free = (await scenes()).find((scene) => !scene.locked && scene.scene_number > 5 && !scene.image_url);
  await page.goto(`${base}/p/${project}/edit?scene=${free.scene_number}`);
  await page.getByRole("button", { name: "AI로 다듬기" }).click();
  await page.getByRole("button", { name: /^\$[\d.]+로 다듬기$/ }).click();
  await page.getByRole("button", { name: "이대로 바꾸기" }).waitFor();
  await accessible(page, "what polishing would change");
  await page.getByRole("button", { name: "이대로 바꾸기" }).click();
  await page.getByRole("heading", { name: `${free.scene_number} · 다시 쓴 장면 ${free.scene_number}` }).waitFor();
  await page.getByText("모든 변경 저장됨").waitFor();
});

step("a still is changed in one part, and the one before stays as a version", async () => {
  const drawn = (await scenes()).find((scene) => scene.image_url && !scene.locked && scene.status === "image_ready");
  await page.goto(`${base}/p/${project}/edit?scene=${drawn.scene_number}`);
  await page.getByRole("button", { name: "그림 고치기" }).click();
  await page.getByLabel("무엇을 고칠까요?").fill("하늘에 비행운을 그려 주세요");
  await page.getByText("네모로 고르기").click();
  await page.getByRole("slider", { name: "너비" }).fill("0.4");
  await page.getByRole("button", { name: "이어서 고칠 것 더하기" }).click();
  await page.getByText("글자 바꾸기").click();
  await page.getByLabel("지금 글자").fill("OPEN");
  await page.getByLabel("새 글자").fill("여름밤");
  await page.getByRole("button", { name: "$0.12로 고치기" }).waitFor();
  await accessible(page, "changing a still");
  await shot(page, "changing-a-still");
  await page.getByRole("button", { name: "$0.12로 고치기" }).click();
  await page.getByText(`장면 ${drawn.scene_number}의 그림을 고쳤어요. 이전 그림은 버전에 있어요.`).waitFor();
  await page
    .getByRole("button", { name: /^v\d+ 보기$/ })
    .first()
    .waitFor();
});
