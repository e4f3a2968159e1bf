import { fireEvent, render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { setLocale } from "@/i18n/locale";
import { Scrubber } from "./Scrubber";

const chapters = [
  { name: "Intro", colour: "red", start: 0, end: 20 },
  { name: "Chorus", colour: "blue", start: 20, end: 60 },
];

function show(onSeek: (time: number) => void) {
  const markers = [{ id: "a", time: 30, name: "Dojun" }];
  return render(
    <Scrubber
      time={25}
      duration={60}
      buffered={40}
      chapters={chapters}
      markers={markers}
      sprites={null}
      onSeek={onSeek}
    />,
  );
}

it("is moved by keys, and stays inside the film", () => {
  const seek = vi.fn();
  show(seek);
  for (const key of ["ArrowRight", "ArrowLeft", "PageUp", "Home", "End"])
    fireEvent.keyDown(screen.getByRole("slider"), { key });
  expect(seek.mock.calls.map(([time]) => time)).toEqual([30, 20, 40, 0, 60]);
});

it("says where it is in both languages, with the section", () => {
  setLocale("ko");
  const { unmount } = show(() => undefined);
  expect(screen.getByRole("slider", { name: "재생 위치" }).getAttribute("aria-valuetext")).toBe(
    "01:00 중 00:25, Chorus",
  );
  unmount();
  setLocale("en");
  show(() => undefined);
  expect(screen.getByRole("slider", { name: "Position" }).getAttribute("aria-valuetext")).toBe(
    "00:25 of 01:00, Chorus",
  );
});

it("goes to a comment", () => {
  const seek = vi.fn();
  setLocale("en");
  show(seek);
  fireEvent.click(screen.getByRole("button", { name: "00:30 comment by Dojun" }));
  expect(seek).toHaveBeenCalledWith(30);
});
