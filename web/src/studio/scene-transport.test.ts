import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { QueuedEdit } from "@/engine/patch-queue";
import { applied } from "@/engine/scene-ops";
import { scenesAt, steadySong } from "@/engine/testing/builders";
import type { Op, Scene } from "./scene";
import { SceneTransport } from "./scene-transport";

interface Call {
  readonly method: string;
  readonly key: string | null;
  readonly match: string | null;
  readonly titles: string[];
}

const rows = () => scenesAt([0, 4, 8], 32) as unknown as Scene[];
const move = (base: number | null): QueuedEdit<Op> => ({
  key: "one",
  base,
  order: 1,
  op: { kind: "move", scene: "scene-1", to: "scene-3" },
});

describe("a move on its way", () => {
  let calls: Call[];
  let version: number;
  let lost: boolean;
  let plan: { title: string; start: number; rhymes_with?: number }[];

  beforeEach(() => {
    calls = [];
    version = 1;
    lost = false;
    plan = [
      { title: "one", start: 0 },
      { title: "two", start: 4 },
      { title: "three", start: 8, rhymes_with: 0 },
    ];
    vi.stubGlobal("fetch", async (request: Request) => {
      const { pathname } = new URL(request.url);
      const answer = (body: object) =>
        new Response(JSON.stringify(body), { headers: { "content-type": "application/json", etag: '"7"' } });
      if (pathname.endsWith("/scenes")) return answer({ scenes: rows().map((row) => ({ ...row, version })) });
      if (request.method === "GET") return answer({ song: { duration: 32 }, scenes: plan });
      const body = (await request.json()) as { scenes: typeof plan };
      calls.push({
        method: request.method,
        key: request.headers.get("idempotency-key"),
        match: request.headers.get("if-match"),
        titles: body.scenes.map((scene) => scene.title),
      });
      // The server did it, but its answer never came.
      const again = calls.filter((call) => call.key === request.headers.get("idempotency-key")).length > 1;
      if (!again) {
        plan = body.scenes;
        version += 1;
      }
      if (lost) throw new TypeError("Failed to fetch");
      return answer(body);
    });
  });

  afterEach(() => vi.unstubAllGlobals());

  it("is said through the plan, on the version that the plan was read at", async () => {
    const sent = await new SceneTransport("p", rows).send(move(1));
    expect(sent.kind).toBe("done");
    expect(calls).toEqual([{ method: "PUT", key: "one", match: '"7"', titles: ["two", "three", "one"] }]);
    expect(plan.map((scene) => scene.start)).toEqual([0, 4, 8]);
  });

  it("is asked for again word for word where its answer was lost: nothing moves twice", async () => {
    const transport = new SceneTransport("p", rows);
    lost = true;
    expect((await transport.send(move(1))).kind).toBe("later");
    lost = false;
    expect((await transport.send(move(1))).kind).toBe("done");
    expect(calls[1]).toEqual(calls[0]);
    expect(plan.map((scene) => scene.title)).toEqual(["two", "three", "one"]);
  });

  it("meets what somebody else did meanwhile as a conflict, and changes nothing", async () => {
    version = 5;
    expect((await new SceneTransport("p", rows).send(move(1))).kind).toBe("conflict");
    expect(calls).toEqual([]);
  });

  it("brings back what rhymed when it is taken back", async () => {
    const transport = new SceneTransport("p", rows);
    await transport.send(move(1));
    expect(plan.map((scene) => scene.rhymes_with ?? null)).toEqual([null, null, null]);
    await transport.send({ key: "two", base: 2, order: 2, op: { kind: "move", scene: "scene-3", to: "scene-1" } });
    expect(plan.map((scene) => [scene.title, scene.rhymes_with ?? null])).toEqual([
      ["one", null],
      ["two", null],
      ["three", 0],
    ]);
  });

  it("shows at once what the server will make of it", async () => {
    const shown = applied(rows(), steadySong(16, 120), move(1).op);
    expect(shown.map((scene) => scene.description)).toEqual(["Scene 2", "Scene 3", "Scene 1"]);
  });
});
