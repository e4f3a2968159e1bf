//! What each adapter can do with work it took in: facts of the services' contracts, not of settings.

use crate::card::ModelKind;
use crate::catalogue::Adapter;

#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about a service, read one at a time")]
pub(crate) struct Facts {
    pub(crate) idempotency: bool,
    pub(crate) finds_lost_work: bool,
    pub(crate) webhooks: bool,
    pub(crate) cancels: bool,
    pub(crate) reports_cost: bool,
    pub(crate) seed: bool,
    /// It makes clips of certain lengths only.
    pub(crate) needs_lengths: bool,
}

impl Facts {
    /// `None` where the adapter has no such capability.
    pub(crate) fn of(adapter: Adapter, kind: ModelKind) -> Option<Self> {
        use ModelKind as K;
        let kinds: &[ModelKind] = match adapter {
            Adapter::Gemini => &[K::Image, K::Edit, K::Vision, K::Text],
            Adapter::Together | Adapter::Fal | Adapter::Comfyui => &[K::Image, K::Edit, K::Clip],
            Adapter::Kling => &[K::Clip],
            Adapter::Runway => &[K::Image, K::Clip],
            Adapter::OpenaiCompatible => &[K::Image, K::Edit, K::Vision, K::Text, K::Transcription],
        };
        if !kinds.contains(&kind) {
            return None;
        }
        let pictures = matches!(kind, K::Image | K::Edit);
        let usual = Self { seed: pictures || kind == K::Clip, needs_lengths: true, ..Self::default() };
        Some(match adapter {
            Adapter::Gemini => Self { reports_cost: true, ..usual },
            // Clips and words are counted; pictures are not.
            Adapter::Together | Adapter::OpenaiCompatible => Self { reports_cost: !pictures, ..usual },
            Adapter::Kling => Self {
                idempotency: true,
                finds_lost_work: true,
                webhooks: true,
                reports_cost: true,
                seed: false,
                ..usual
            },
            Adapter::Fal => Self { webhooks: true, cancels: true, ..usual },
            Adapter::Runway => Self { cancels: true, reports_cost: true, ..usual },
            Adapter::Comfyui => Self {
                idempotency: true,
                finds_lost_work: true,
                cancels: true,
                reports_cost: true,
                needs_lengths: false,
                ..usual
            },
        })
    }
}
