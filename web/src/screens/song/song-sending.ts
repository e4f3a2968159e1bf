// The upload of the song that was chosen. Apart from the draft, so that the landing page need not load it.

import { ResumableUpload } from "@/media/upload";
import { changeDraft, useSongDraft } from "./song-draft";

/** Sends the chosen song, from where it was. Only signed-in people may. */
export function sendSong(): void {
  const { draft, upload } = useSongDraft.getState();
  if (!draft || upload) return;
  const made = new ResumableUpload(draft.file, "song", draft.uploadUrl);
  made.onChange(() => {
    const before = useSongDraft.getState().state?.url;
    useSongDraft.setState({ state: made.state });
    if (made.state.url !== before) changeDraft({ uploadUrl: made.state.url });
    // An upload that the server has forgotten begins anew.
    if (
      made.state.phase === "failed" &&
      ["not_found", "upload_expired"].includes(made.state.problem?.code ?? "") &&
      draft.uploadUrl
    ) {
      changeDraft({ uploadUrl: null });
      useSongDraft.setState({ upload: null, state: null });
      sendSong();
    }
  });
  useSongDraft.setState({ upload: made, state: made.state });
  made.start();
}
