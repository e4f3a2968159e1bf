import { fireEvent, render, screen } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { setLocale } from "@/i18n/locale";
import recorded from "@/test/fixtures/project.json";
import { StudioProvider, useScenes } from "../context";
import type { Project, Scene } from "../scene";
import { type StudioSession, sittingAt } from "../session";
import { BoundaryHandle } from "./BoundaryHandle";

const project = recorded.project as unknown as Project;
const scenes = recorded.scenes as unknown as Scene[];

let session: StudioSession;

function Second() {
  const scene = useScenes()[1];
  return scene ? <BoundaryHandle scene={scene} dragged={false} onGrab={() => undefined} /> : null;
}

beforeEach(() => {
  // Edits wait for a server that does not answer: what is tested here is the page.
  vi.stubGlobal("fetch", () => new Promise(() => undefined));
  setLocale("ko");
  session = sittingAt({ ...project, id: crypto.randomUUID() }, scenes);
  render(
    <StudioProvider value={{ session, project, canEdit: true, selected: null, select: () => undefined }}>
      <Second />
    </StudioProvider>,
  );
});

const start = () => session.editor.snapshot().scenes[1]?.timestamp_start as number;
const press = (key: string, shiftKey = false) => fireEvent.keyDown(screen.getByRole("slider"), { key, shiftKey });
const beat = () => Math.round(session.editor.grid.beatAt(start()));

it("is a slider that says where in the song it is, in either language", () => {
  const handle = screen.getByRole("slider", { name: "장면 1과 2의 경계" });
  const { bar, beat: count } = session.editor.grid.barBeat(start());
  expect(handle.getAttribute("aria-valuetext")).toContain(`${bar}마디 ${count}박`);
  expect(Number(handle.getAttribute("aria-valuemin"))).toBeLessThan(Number(handle.getAttribute("aria-valuenow")));
});

it("moves a beat by an arrow and a bar with Shift, each a step that can be taken back", () => {
  const began = beat();
  press("ArrowLeft");
  expect(beat()).toBe(began - 1);
  press("ArrowRight", true);
  expect(beat()).toBe(began - 1 + session.editor.grid.beatsPerBar);
  session.editor.undo();
  session.editor.undo();
  expect(beat()).toBe(began);
  expect(session.editor.undo()).toBe(false);
});

it("stops a beat before its neighbours", () => {
  for (let times = 0; times < 60; times += 1) press("ArrowLeft");
  expect(start()).toBeGreaterThan(0.25);
  expect(session.editor.snapshot().scenes[0]?.duration_seconds).toBeGreaterThanOrEqual(0.25);
});
