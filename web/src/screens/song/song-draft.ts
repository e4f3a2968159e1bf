// The song on its way to being a project: chosen file, upload, and what was typed meanwhile. Kept across reloads.

import { create } from "zustand";
import { dropDraft, loadDraft, type SongDraft, saveDraft } from "@/media/draft-store";
import { flawOfFile, type SongFlaw } from "@/media/song-file";
import type { ResumableUpload, UploadState } from "@/media/upload";

interface SongDraftStore {
  readonly draft: SongDraft | null;
  readonly upload: ResumableUpload | null;
  readonly state: UploadState | null;
  readonly flaw: SongFlaw | null;
  /** Whether the draft came back from an earlier visit. */
  readonly restored: boolean;
  readonly looked: boolean;
}

export const useSongDraft = create<SongDraftStore>(() => ({
  draft: null,
  upload: null,
  state: null,
  flaw: null,
  restored: false,
  looked: false,
}));

/** `02_여름밤의 주파수 (final).mp3` is most likely `여름밤의 주파수`. */
export function titleFromName(filename: string): { readonly title: string; readonly artist: string } {
  const name = filename
    .replace(/\.[^.]+$/, "")
    .replace(/^\d{1,3}[\s._-]+/, "")
    .replace(/_/g, " ")
    .replace(/\s*[([](final|master(ed)?|mix|v\d+|demo)[)\]]\s*$/i, "")
    .trim();
  const [artist, title] = name.split(/\s+[-–—]\s+/, 2);
  return title ? { title: title.trim(), artist: (artist ?? "").trim() } : { title: name, artist: "" };
}

export function chooseSong(file: File): void {
  const flaw = flawOfFile(file);
  if (flaw) {
    useSongDraft.setState({ flaw });
    return;
  }
  void useSongDraft.getState().upload?.cancel();
  const draft: SongDraft = {
    file,
    uploadUrl: null,
    uploadId: null,
    lyrics: "",
    lyricsName: "",
    rights: false,
    ...titleFromName(file.name),
  };
  useSongDraft.setState({ draft, upload: null, state: null, flaw: null, restored: false });
  void saveDraft(draft);
}

export function changeDraft(change: Partial<SongDraft>): void {
  const { draft } = useSongDraft.getState();
  if (!draft) return;
  const changed = { ...draft, ...change };
  useSongDraft.setState({ draft: changed });
  void saveDraft(changed);
}

export function forgetSong(): void {
  const { upload, state } = useSongDraft.getState();
  if (upload && state?.phase !== "done") void upload.cancel();
  clearDraft();
}

/** Once it is a project, the browser need not keep it. */
export function clearDraft(): void {
  useSongDraft.setState({ draft: null, upload: null, state: null, flaw: null, restored: false });
  void dropDraft();
}

export async function restoreDraft(): Promise<void> {
  if (useSongDraft.getState().looked) return;
  useSongDraft.setState({ looked: true });
  const draft = await loadDraft();
  if (draft && !useSongDraft.getState().draft) useSongDraft.setState({ draft, restored: true });
}
