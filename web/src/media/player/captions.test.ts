import { expect, it } from "vitest";
import { captionTrack } from "./captions";

it("writes lines as cues, and what looks like markup as text", () => {
  expect(captionTrack([{ start: 3661.5, end: 3662.0005, text: "a <b> & c" }])).toBe(
    "WEBVTT\n\n01:01:01.500 --> 01:01:02.001\na &lt;b&gt; &amp; c\n",
  );
  expect(captionTrack([])).toBeNull();
});
