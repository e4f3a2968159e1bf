// One change of a still as it is being written, and as the server wants it.

import type { Schemas } from "@/api/client";

export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface TextEdit {
  readonly from: string;
  readonly to: string;
  readonly keepFont: boolean;
}

type Where = "all" | "region" | "mask";
export type Focus = "semantic" | "appearance" | "dual";

export interface StillChange {
  readonly id: string;
  readonly kind: "instruction" | "text";
  readonly instruction: string;
  readonly focus: Focus;
  readonly keepLayout: boolean;
  readonly texts: readonly TextEdit[];
  readonly where: Where;
  readonly region: Region;
  /** What was painted, white on black and of the picture's size. */
  readonly mask: Blob | null;
}

/** Changes in one order. */
export const MOST_CHANGES = 10;
export const LONGEST_INSTRUCTION = 2000;
export const LONGEST_TEXT = 200;

const MIDDLE: Region = { x: 0.25, y: 0.2, width: 0.5, height: 0.6 };

export function newChange(id: string): StillChange {
  return {
    id,
    kind: "instruction",
    instruction: "",
    focus: "dual",
    keepLayout: false,
    texts: [{ from: "", to: "", keepFont: true }],
    where: "all",
    region: MIDDLE,
    mask: null,
  };
}

/** Whether it says what to do, and where. */
export function isComplete(change: StillChange): boolean {
  const said =
    change.kind === "instruction"
      ? change.instruction.trim() !== ""
      : change.texts.length > 0 && change.texts.every((text) => text.from.trim() !== "");
  return said && (change.where !== "mask" || change.mask !== null);
}

/** As it is ordered; `mask` is the upload of what was painted. */
export function changeBody(change: StillChange, mask: string | null): Schemas["ChangeBody"] {
  const place = {
    region: change.where === "region" ? change.region : null,
    mask_upload_id: change.where === "mask" ? mask : null,
  };
  if (change.kind === "text") {
    return {
      ...place,
      text_edits: change.texts.map(({ from, to, keepFont }) => ({
        original_text: from,
        new_text: to,
        preserve_font: keepFont,
      })),
    };
  }
  return {
    ...place,
    instruction: change.instruction.trim(),
    mode: change.focus,
    preserve_layout: change.keepLayout,
    text_edits: [],
  };
}

const SMALLEST = 0.02;
const within = (value: number) => Math.min(1, Math.max(0, value));

/** The rectangle between two points, inside the picture and never nothing. */
export function regionBetween(one: readonly [number, number], two: readonly [number, number]): Region {
  const [left, right] = [within(Math.min(one[0], two[0])), within(Math.max(one[0], two[0]))];
  const [top, bottom] = [within(Math.min(one[1], two[1])), within(Math.max(one[1], two[1]))];
  return fitted({ x: left, y: top, width: right - left, height: bottom - top });
}

/** The same rectangle moved and shrunk until it lies inside the picture. */
export function fitted({ x, y, width, height }: Region): Region {
  const wide = Math.min(1, Math.max(SMALLEST, width));
  const high = Math.min(1, Math.max(SMALLEST, height));
  return { x: Math.min(within(x), 1 - wide), y: Math.min(within(y), 1 - high), width: wide, height: high };
}
