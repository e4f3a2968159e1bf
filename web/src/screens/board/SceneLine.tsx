import { type KeyboardEvent, useState } from "react";
import { board } from "@/messages/board";
import { common } from "@/messages/common";
import type { SceneView } from "@/project/project";
import { Button } from "@/ui/Button";
import type { SceneEdits } from "./use-scene-edits";

interface SceneLineProps {
  readonly scene: SceneView;
  readonly editable: boolean;
  readonly edits: SceneEdits;
}

const LONGEST = 500;

/** What happens in a scene, edited where it stands. */
export function SceneLine({ scene, editable, edits }: SceneLineProps) {
  // What it said when somebody began to write: where it says something else by now, somebody was faster.
  const [draft, setDraft] = useState<{ readonly text: string; readonly was: string } | null>(null);
  if (!editable) return <p className="line-clamp-3 text-fg-2 text-xs">{scene.description}</p>;
  if (!draft) {
    return (
      <button
        type="button"
        aria-label={`${board.editLine}: ${scene.description}`}
        onClick={() => setDraft({ text: scene.description, was: scene.description })}
        className="-mx-1.5 line-clamp-3 cursor-text rounded-sm px-1.5 py-0.5 text-left text-fg-2 text-xs hover:bg-hover"
      >
        {scene.description}
      </button>
    );
  }
  const text = draft.text.trim();
  const conflict = draft.was !== scene.description && text !== scene.description;
  function store() {
    if (text === "") return;
    if (text !== scene.description) edits.describe(scene, text);
    setDraft(null);
  }
  function key(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") setDraft(null);
    if (event.key === "Enter" && !event.shiftKey && !conflict) {
      event.preventDefault();
      store();
    }
  }
  return (
    <div className="flex flex-col gap-2">
      <textarea
        // biome-ignore lint/a11y/noAutofocus: it takes the place of the button that was just pressed
        autoFocus
        aria-label={board.line({ number: scene.scene_number })}
        value={draft.text}
        maxLength={LONGEST}
        rows={4}
        onChange={(event) => setDraft({ ...draft, text: event.target.value })}
        onKeyDown={key}
        className="-mx-1.5 resize-y rounded-sm bg-canvas px-1.5 py-1 text-xs leading-relaxed ring-line-strong"
      />
      {text === "" && (
        <p role="alert" className="text-danger text-xs">
          {board.lineNeeded}
        </p>
      )}
      {conflict ? (
        <div role="alert" className="flex flex-col gap-1 rounded-md bg-warn/10 p-2 text-xs">
          <p className="font-medium text-warn">{board.conflictTitle}</p>
          <p className="text-fg-3">{board.theirs}</p>
          <p>{scene.description}</p>
          <div className="mt-1 flex flex-wrap gap-1.5">
            <Button size="sm" tone="main" onClick={store}>
              {board.keepMine}
            </Button>
            <Button size="sm" onClick={() => setDraft(null)}>
              {board.keepTheirs}
            </Button>
          </div>
        </div>
      ) : (
        <div className="flex justify-end gap-1.5">
          <Button size="sm" tone="quiet" onClick={() => setDraft(null)}>
            {common.cancel}
          </Button>
          <Button size="sm" tone="main" disabled={text === ""} onClick={store}>
            {board.saveLine}
          </Button>
        </div>
      )}
    </div>
  );
}
