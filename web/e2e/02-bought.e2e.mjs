// What costs, against services that are made up at the edge: prices are said first, and nothing is bought without a word.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before } from "node:test";
import { accessible, base, journey, open, samples, shot } from "./browser.mjs";

let studio;
let page;
const step = journey(() => page);

before(async () => {
  studio = await open({ signedIn: true });
  page = studio.page;
});
after(() => studio.close());

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
