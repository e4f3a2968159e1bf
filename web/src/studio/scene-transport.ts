// How an edit reaches the server: one call an edit, and the scenes as they are after it.

import { api, ifMatch } from "@/api/client";
import { asProblem, type Problem } from "@/api/problem";
import type { QueuedEdit, Sent } from "@/engine/patch-queue";
import { moveScene, type Plan } from "@/project/plan";
import type { Op, Scene } from "./scene";

/** A scene as the plan has it. What the API shows of one leaves some of this out, so bringing one back goes by the plan. */
type PlanScene = Plan["scenes"][number] & { start: number; transition?: object; rhymes_with?: number | null };
interface OpenPlan {
  scenes: PlanScene[];
}
/** A plan on its way. Asked for again under the same key it has to be the same, or it would be done twice. */
interface Attempt {
  readonly plan: object;
  readonly etag: string;
}
type Rhymes = readonly (number | null | undefined)[];

const OFFLINE = 0;
const CONFLICT = 412;
const TOO_MANY = 429;
const STILL_RUNNING = "still_running";

export class SceneTransport {
  readonly #project: string;
  /** The scenes that the server is known to have. */
  readonly #rows: () => readonly Scene[];
  /** Scenes that were merged away in this sitting, whole, for the way back. */
  readonly #merged = new Map<string, PlanScene>();
  readonly #attempts = new Map<string, Attempt>();
  /** Which scenes rhymed before a move, by the move that takes it back: going there and back loses none. */
  readonly #rhymes = new Map<string, Rhymes>();

  constructor(project: string, rows: () => readonly Scene[]) {
    this.#project = project;
    this.#rows = rows;
  }

  async send(edit: QueuedEdit<Op>): Promise<Sent<Scene, Problem>> {
    try {
      return await this.#deliver(edit);
    } catch (error) {
      const failed = await this.#failed(asProblem(error));
      if (failed.kind !== "later") this.#attempts.delete(edit.key);
      return failed;
    }
  }

  async rows(): Promise<Scene[]> {
    const { data } = await api.GET("/api/projects/{id}/scenes", { params: { path: { id: this.#project } } });
    return data?.scenes ?? [];
  }

  async #deliver({ op, key, base }: QueuedEdit<Op>): Promise<Sent<Scene, Problem>> {
    const header = { "Idempotency-Key": key, ...(base === null ? {} : { "If-Match": ifMatch(base) }) };
    switch (op.kind) {
      case "roll":
        await this.#patch(op.scene, { timestamp_start: op.start }, header);
        return { kind: "done", rows: await this.rows() };
      case "change": {
        const { description, config } = op.change;
        const scene = await this.#patch(op.scene, { description, config }, header);
        return { kind: "done", rows: this.#with(scene) };
      }
      case "lock": {
        const scene = await this.#patch(op.scene, { locked: op.locked }, header);
        return { kind: "done", rows: this.#with(scene) };
      }
      case "split": {
        const host = this.#rows().find((row) => row.id === op.scene);
        if (!host) return { kind: "refused", problem: asProblem(new Error("no such scene")), rows: await this.rows() };
        const { data } = await api.POST("/api/projects/{id}/scenes", {
          params: { path: { id: this.#project } },
          headers: { "Idempotency-Key": key },
          body: { timestamp_start: op.at, timestamp_end: host.timestamp_end, description: host.description },
        });
        const named = data ? { from: op.fresh, to: data.scene.id } : undefined;
        return { kind: "done", rows: await this.rows(), named };
      }
      case "move":
        return this.#move(op, key, base);
      case "merge":
        await this.#keep(op.scene);
        await api.DELETE("/api/scenes/{id}", {
          params: { path: { id: op.scene }, header: { "If-Match": header["If-Match"] } },
          headers: header,
        });
        return { kind: "done", rows: await this.rows() };
      case "unmerge": {
        await this.#bringBack(op.scene, op.neighbour, key);
        const rows = await this.rows();
        const back = rows.find((row) => Math.abs(row.timestamp_start - op.scene.timestamp_start) < 1e-6);
        return { kind: "done", rows, named: back ? { from: op.scene.id, to: back.id } : undefined };
      }
    }
  }

  async #patch(
    id: string,
    body: { description?: string; config?: Partial<Scene["config"]>; timestamp_start?: number; locked?: boolean },
    headers: Record<string, string>,
  ): Promise<Scene> {
    // Begun once, it comes to its end though the page is left: half done, its key would be refused for a while.
    const { data } = await api.PATCH("/api/scenes/{id}", { params: { path: { id } }, headers, body, keepalive: true });
    if (!data) throw new Error("the server did not say what the scene is now");
    return data.scene;
  }

  #with(scene: Scene): Scene[] {
    return this.#rows().map((row) => (row.id === scene.id ? scene : row));
  }

  async #plan(): Promise<{ plan: OpenPlan; etag: string | null }> {
    const { data, response } = await api.GET("/api/projects/{id}/plan", { params: { path: { id: this.#project } } });
    return { plan: data as unknown as OpenPlan, etag: response.headers.get("etag") };
  }

  async #put({ plan, etag }: Attempt, key: string): Promise<void> {
    await api.PUT("/api/projects/{id}/plan", {
      params: { path: { id: this.#project } },
      headers: { "If-Match": etag, "Idempotency-Key": key },
      body: plan as never,
    });
  }

  /** A move is said through the whole plan: the server knows no smaller word for it. */
  async #move(op: Op & { kind: "move" }, key: string, base: number | null): Promise<Sent<Scene, Problem>> {
    let attempt = this.#attempts.get(key);
    if (!attempt) {
      const before = await this.rows();
      const [from, to] = [op.scene, op.to].map((id) => before.findIndex((row) => row.id === id)) as [number, number];
      const scene = before[from];
      if (!scene || to < 0 || (base !== null && scene.version !== base)) return { kind: "conflict", rows: before };
      const { plan, etag } = await this.#plan();
      const moved = moveScene(plan as unknown as Plan, from, to) as unknown as OpenPlan;
      const rhymed = this.#rhymes.get(`${op.scene} ${op.to}`);
      if (rhymed?.length === moved.scenes.length)
        moved.scenes = moved.scenes.map((one, index) => ({ ...one, rhymes_with: rhymed[index] }));
      this.#rhymes.set(
        `${op.to} ${op.scene}`,
        plan.scenes.map((one) => one.rhymes_with),
      );
      attempt = { plan: moved, etag: etag ?? "*" };
      this.#attempts.set(key, attempt);
    }
    await this.#put(attempt, key);
    this.#attempts.delete(key);
    return { kind: "done", rows: await this.rows() };
  }

  async #keep(id: string): Promise<void> {
    const index = this.#rows().findIndex((row) => row.id === id);
    const { plan } = await this.#plan();
    const scene = plan.scenes[index];
    if (scene) this.#merged.set(id, scene);
  }

  async #bringBack(gone: Scene, neighbour: Scene, key: string): Promise<void> {
    const kept = this.#merged.get(gone.id);
    const { plan, etag } = await this.#plan();
    if (!kept || !etag) {
      await this.#carve(gone, key);
      return;
    }
    const isFirst = gone.timestamp_start <= 0;
    const at = isFirst ? 0 : plan.scenes.filter((scene) => scene.start <= gone.timestamp_start).length;
    for (const scene of plan.scenes) {
      if (typeof scene.rhymes_with === "number" && scene.rhymes_with >= at) scene.rhymes_with += 1;
    }
    const first = plan.scenes[0];
    if (isFirst && first) {
      first.start = neighbour.timestamp_start;
      first.transition = neighbour.config.transition;
    }
    const rhymes = typeof kept.rhymes_with === "number" && kept.rhymes_with < at ? kept.rhymes_with : undefined;
    plan.scenes.splice(at, 0, { ...kept, start: gone.timestamp_start, rhymes_with: rhymes });
    await this.#put({ plan, etag }, key);
  }

  /** The way back after a reload: what the API shows of a scene is most of it. */
  async #carve(gone: Scene, key: string): Promise<void> {
    const { lyric: _, section_number: __, rhymes_with: ___, ...config } = gone.config;
    await api.POST("/api/projects/{id}/scenes", {
      params: { path: { id: this.#project } },
      headers: { "Idempotency-Key": key },
      body: {
        timestamp_start: gone.timestamp_start,
        timestamp_end: gone.timestamp_end,
        description: gone.description,
        config,
      },
    });
  }

  async #failed(problem: Problem): Promise<Sent<Scene, Problem>> {
    const offline = problem.status === OFFLINE && problem.code === "offline";
    const busy = problem.status >= 500 || problem.status === TOO_MANY || problem.code === STILL_RUNNING;
    if (offline || busy || problem.status === 401) return { kind: "later", seconds: problem.retryAfter, offline };
    const rows = await this.rows().catch(() => null);
    if (problem.status === CONFLICT && rows) return { kind: "conflict", rows };
    if (problem.status === CONFLICT) return { kind: "later", seconds: null, offline: false };
    return { kind: "refused", problem, rows };
  }
}
