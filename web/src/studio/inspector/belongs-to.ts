import type { Note } from "@/notes/use-notes";
import type { Scene } from "../scene";

/** A comment belongs to the scene that it names, else to the one that plays where it points. */
export function belongsTo(note: Note, scene: Scene): boolean {
  if (note.scene_id) return note.scene_id === scene.id;
  return note.at_seconds != null && note.at_seconds >= scene.timestamp_start && note.at_seconds < scene.timestamp_end;
}
