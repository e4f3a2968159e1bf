// What a text model would make of a scene.

import type { studio } from "@/messages/studio";
import { vocabulary } from "@/messages/vocabulary";
import type { SceneConfig } from "../scene";

interface Words {
  readonly description?: string;
  readonly config?: Partial<SceneConfig>;
}

export interface Proposal {
  readonly old: Words;
  readonly new: Words;
  /** Why nothing would change, where what the model wrote broke a rule. */
  readonly reason: string | null;
}

/** The proposal in what a task gave; `null` where there is none. */
export function proposalIn(result: unknown): Proposal | null {
  const told = result as {
    readonly scenes?: readonly { readonly old: Words; readonly new: Words }[];
    readonly kept?: readonly { readonly reason?: string }[];
  } | null;
  const scene = told?.scenes?.[0];
  return scene ? { old: scene.old, new: scene.new, reason: told?.kept?.[0]?.reason ?? null } : null;
}

const FIELDS = ["title", "custom_prompt", "motion_prompt", "camera", "camera_angle", "action"] as const;

interface Change {
  readonly field: keyof typeof studio.changed;
  readonly before: string;
  readonly after: string;
}

/** The fields that differ, as people read them. */
export function changesOf(proposal: Proposal): readonly Change[] {
  const words = {
    camera: vocabulary.cameras,
    camera_angle: vocabulary.framings,
    action: vocabulary.actions,
  } as const;
  const said = (field: (typeof FIELDS)[number], value: unknown): string => {
    const text = typeof value === "string" ? value : "";
    return field in words
      ? ((words[field as keyof typeof words] as Readonly<Record<string, string>>)[text] ?? text)
      : text;
  };
  const all: Change[] = [
    { field: "description", before: proposal.old.description ?? "", after: proposal.new.description ?? "" },
    ...FIELDS.map((field) => ({
      field,
      before: said(field, proposal.old.config?.[field]),
      after: said(field, proposal.new.config?.[field]),
    })),
  ];
  return all.filter(({ before, after }) => before !== after);
}
