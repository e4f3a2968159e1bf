import { expect, test } from "vitest";
import { titleFromName } from "./song-draft";

test.each([
  ["여름밤의 주파수.mp3", "여름밤의 주파수", ""],
  ["02_여름밤의_주파수.wav", "여름밤의 주파수", ""],
  ["하린 - 여름밤의 주파수 (final).flac", "여름밤의 주파수", "하린"],
  ["Ana – Night Drive [Mastered].m4a", "Night Drive", "Ana"],
  ["1979.mp3", "1979", ""],
])("%s is called %s", (file, title, artist) => {
  expect(titleFromName(file)).toEqual({ title, artist });
});
