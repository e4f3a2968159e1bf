import { timecode } from "@/engine/timecode";
import { formatNumber } from "@/i18n/format";
import { studio } from "@/messages/studio";
import { vocabulary } from "@/messages/vocabulary";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import type { Scene } from "./scene";
import type { Conflict, StudioSession } from "./session";

/** Somebody was faster: both sides, and the choice. Whichever is not kept stays as a version on the server. */
export function ConflictDialog({
  conflict,
  session,
}: {
  readonly conflict: Conflict;
  readonly session: StudioSession;
}) {
  const rows = differences(conflict);
  return (
    <Dialog
      open
      mustAnswer
      onOpenChange={() => undefined}
      title={studio.conflictTitle}
      description={studio.conflictText}
      className="w-[min(40rem,calc(100vw-2rem))]"
      footer={
        <>
          <Button size="lg" onClick={() => void session.resolve("theirs")}>
            {studio.keepTheirs}
          </Button>
          {conflict.theirs && (
            <Button size="lg" tone="main" onClick={() => void session.resolve("mine")}>
              {studio.keepMine}
            </Button>
          )}
        </>
      }
    >
      {conflict.theirs ? (
        <table className="w-full table-fixed text-sm">
          <thead>
            <tr className="text-left text-fg-3 text-xs">
              <th className="w-28 pb-2 font-medium" />
              <th className="pb-2 font-medium">{studio.mine}</th>
              <th className="pb-2 font-medium">{studio.theirs}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.name} className="border-line border-t align-top">
                <th scope="row" className="py-2 pr-3 text-left font-normal text-fg-2 text-xs">
                  {row.name}
                </th>
                <td className="break-words py-2 pr-3">{row.mine}</td>
                <td className="break-words py-2">{row.theirs}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <p className="text-fg-2 text-sm">{studio.goneScene}</p>
      )}
    </Dialog>
  );
}

interface Row {
  readonly name: string;
  readonly mine: string;
  readonly theirs: string;
}

function differences({ op, theirs, rows: now }: Conflict): Row[] {
  if (!theirs) return [];
  if (op.kind === "roll")
    return [{ name: studio.start, mine: timecode(op.start), theirs: timecode(theirs.timestamp_start) }];
  if (op.kind === "lock")
    return [
      {
        name: studio.changed.locked,
        mine: op.locked ? studio.lock : studio.unlock,
        theirs: theirs.locked ? studio.lock : studio.unlock,
      },
    ];
  if (op.kind === "move")
    return [
      {
        name: studio.order,
        mine: studio.moveTo({ number: now.findIndex((row) => row.id === op.to) + 1 }),
        theirs: studio.nowAt({ number: theirs.scene_number, title: theirs.config.title }),
      },
    ];
  if (op.kind === "merge")
    return [{ name: studio.scene({ number: theirs.scene_number }), mine: studio.merge, theirs: theirs.config.title }];
  if (op.kind !== "change") return [];
  const rows: Row[] = [];
  if (op.change.description !== undefined)
    rows.push({ name: studio.changed.description, mine: op.change.description, theirs: theirs.description });
  for (const [key, value] of Object.entries(op.change.config ?? {})) {
    const name = key in studio.changed ? studio.changed[key as keyof typeof studio.changed] : key;
    rows.push({ name, mine: shown(key, value), theirs: shown(key, theirs.config[key as keyof Scene["config"]]) });
  }
  return rows;
}

const LISTS: Readonly<Record<string, keyof typeof vocabulary>> = {
  background: "places",
  time_of_day: "times",
  weather: "weathers",
  camera_angle: "framings",
  camera: "cameras",
  lighting: "lights",
  action: "actions",
};

function shown(key: string, value: unknown): string {
  const list = LISTS[key];
  if (list && typeof value === "string") {
    const names: Readonly<Record<string, string>> = vocabulary[list];
    return names[value] ?? value;
  }
  if (key === "transition" && typeof value === "object" && value !== null && "kind" in value) {
    const names: Readonly<Record<string, string>> = vocabulary.transitions;
    return names[String(value.kind)] ?? String(value.kind);
  }
  if (Array.isArray(value)) return value.join(", ");
  return typeof value === "number" ? formatNumber(value, 2) : String(value ?? "");
}
