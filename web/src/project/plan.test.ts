import fc from "fast-check";
import { expect, test } from "vitest";
import { SECTION_KINDS } from "./analysis";
import {
  mergeWithNext,
  moveEdge,
  moveScene,
  type Plan,
  renameSection,
  sectionsOfPlan,
  splitAtScene,
  swapScenes,
} from "./plan";

function plan(...scenes: [Plan["scenes"][number]["section"], number][]): Plan {
  return {
    song: { duration: scenes.length * 4, tempo: 120 },
    scenes: scenes.map(([section, section_number], index) => ({
      start: index * 4,
      section,
      section_number,
      title: `scene ${index + 1}`,
      description: "",
    })),
  };
}

const song = plan(["intro", 1], ["verse", 1], ["verse", 1], ["chorus", 1], ["verse", 2], ["chorus", 2]);
const names = (made: Plan) => sectionsOfPlan(made).map((section) => `${section.kind} ${section.number}`);

test("scenes of one section stand together", () => {
  expect(names(song)).toEqual(["intro 1", "verse 1", "chorus 1", "verse 2", "chorus 2"]);
  expect(sectionsOfPlan(song)[1]).toEqual({ kind: "verse", number: 1, first: 1, count: 2, start: 4, end: 12 });
});

test("another kind counts every kind anew", () => {
  const [, , chorus] = sectionsOfPlan(song);
  if (!chorus) throw new Error("there is a third section");
  expect(names(renameSection(song, chorus, "pre-chorus"))).toEqual([
    "intro 1",
    "verse 1",
    "pre-chorus 1",
    "verse 2",
    "chorus 1",
  ]);
});

test("a section takes in the one after it, and can be parted again", () => {
  const [, verse] = sectionsOfPlan(song);
  if (!verse) throw new Error("there is a second section");
  const merged = mergeWithNext(song, verse);
  expect(names(merged)).toEqual(["intro 1", "verse 1", "verse 2", "chorus 1"]);
  expect(names(splitAtScene(merged, 3))).toEqual(["intro 1", "verse 1", "verse 2", "verse 3", "chorus 1"]);
});

test("an edge moves only where both neighbours keep room", () => {
  const [, verse] = sectionsOfPlan(song);
  if (!verse) throw new Error("there is a second section");
  expect(moveEdge(song, verse, 5)?.scenes[1]?.start).toBe(5);
  expect(moveEdge(song, verse, 0.1)).toBeNull();
  expect(moveEdge(song, verse, 8)).toBeNull();
});

test("neighbours swap what they show, not when they play", () => {
  const swapped = swapScenes(song, 1);
  expect(swapped.scenes.map((scene) => scene.title).slice(0, 4)).toEqual(["scene 1", "scene 3", "scene 2", "scene 4"]);
  expect(swapped.scenes.map((scene) => scene.start)).toEqual(song.scenes.map((scene) => scene.start));
  expect(names(swapped)).toEqual(names(song));
  expect(swapScenes(swapped, 1)).toEqual(song);
});

test("a rhyme follows the scene that it returns to, and never points ahead", () => {
  const rhyming: Plan = {
    ...song,
    scenes: song.scenes.map((scene, index) => (index === 4 ? { ...scene, rhymes_with: 1 } : scene)),
  };
  expect(swapScenes(rhyming, 1).scenes[4]?.rhymes_with).toBe(2);
  const next: Plan = {
    ...song,
    scenes: song.scenes.map((scene, index) => (index === 2 ? { ...scene, rhymes_with: 1 } : scene)),
  };
  expect(swapScenes(next, 1).scenes.some((scene) => "rhymes_with" in scene)).toBe(false);
});

test("whatever is renamed and merged, sections cover the song, in order, numbered from 1", () => {
  const kinds = fc.constantFrom(...SECTION_KINDS);
  const deeds = fc.array(fc.record({ at: fc.nat(9), kind: kinds, merge: fc.boolean() }), { maxLength: 12 });
  fc.assert(
    fc.property(fc.array(kinds, { minLength: 1, maxLength: 10 }), deeds, (sections, doing) => {
      let made = plan(...sections.map((kind): [typeof kind, number] => [kind, 1]));
      made = renameSection(
        made,
        sectionsOfPlan(made)[0] as ReturnType<typeof sectionsOfPlan>[number],
        sections[0] ?? "intro",
      );
      for (const { at, kind, merge } of doing) {
        const all = sectionsOfPlan(made);
        const one = all[at % all.length];
        if (one) made = merge ? mergeWithNext(made, one) : renameSection(made, one, kind);
      }
      const all = sectionsOfPlan(made);
      expect(all[0]?.start).toBe(0);
      expect(all.at(-1)?.end).toBe(made.song.duration);
      for (const kind of SECTION_KINDS) {
        const numbers = all.filter((section) => section.kind === kind).map((section) => section.number);
        expect(numbers).toEqual(numbers.map((_, index) => index + 1));
      }
    }),
  );
});

test("a scene that is brought elsewhere takes its contents along, and the cuts stay", () => {
  const place = fc.integer({ min: 0, max: song.scenes.length - 1 });
  fc.assert(
    fc.property(place, place, (from, to) => {
      const moved = moveScene(song, from, to);
      expect(moved.scenes.map((scene) => scene.start)).toEqual(song.scenes.map((scene) => scene.start));
      const titles = song.scenes.map((scene) => scene.title);
      titles.splice(to, 0, ...titles.splice(from, 1));
      expect(moved.scenes.map((scene) => scene.title)).toEqual(titles);
    }),
  );
});
