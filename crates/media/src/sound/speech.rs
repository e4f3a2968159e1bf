//! A song as a machine listens to it: one channel, small enough to be sent.

use crate::artefact::Draft;
use crate::{MediaError, Tools};
use mv_core::CancelToken;
use std::path::Path;

/// Writes the song's sound as mono AAC (`.m4a`, 24 kHz, 64 kbit/s: 20 minutes are 10 MB) into `out`.
///
/// # Errors
/// [`MediaError::Failed`] when the song cannot be decoded.
pub fn speech(tools: &Tools, song: &Path, out: &Path, cancel: &CancelToken) -> Result<(), MediaError> {
    let draft = Draft::of(out)?;
    tools
        .ffmpeg()
        .words("-i")
        .arg(song)
        .words("-map 0:a:0 -map_metadata -1 -ac 1 -ar 24000 -c:a aac -b:a 64k -fflags +bitexact -flags:a +bitexact")
        .words("-movflags +faststart -f ipod")
        .arg(draft.path())
        .writing(out)
        .run(cancel)?;
    draft.commit()
}
