// Lyrics as a WebVTT track.

interface Line {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export function captionTrack(lines: readonly Line[]): string | null {
  if (lines.length === 0) return null;
  const cues = lines.map((line) => `${stamp(line.start)} --> ${stamp(line.end)}\n${escaped(line.text)}`);
  return `WEBVTT\n\n${cues.join("\n\n")}\n`;
}

function stamp(seconds: number): string {
  const thousandths = Math.round(seconds * 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes, rest] = [
    Math.floor(thousandths / 3_600_000),
    Math.floor(thousandths / 60_000) % 60,
    thousandths % 60_000,
  ];
  return `${two(hours)}:${two(minutes)}:${two(Math.floor(rest / 1000))}.${String(rest % 1000).padStart(3, "0")}`;
}

/** What would be markup in a cue is text here. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll(/\n+/g, "\n");
}
