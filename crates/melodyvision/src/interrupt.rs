//! Ctrl-C: the first stops the work and leaves what is finished, the second leaves at once.

use crate::failure::Class;
use crate::output::Output;
use mv_core::CancelToken;

/// Cancels `cancel` on SIGINT and SIGTERM.
pub(crate) fn listen(cancel: &CancelToken, output: Output) {
    let cancel = cancel.clone();
    let handler = move || {
        if cancel.is_cancelled() {
            #[expect(clippy::exit, reason = "asked twice: nothing is left to wait for")]
            std::process::exit(Class::Interrupted as i32);
        }
        output.warn("멈추는 중이에요. 끝난 부분은 남겨 둘게요", "stopping; what is finished is kept");
        cancel.cancel();
    };
    if let Err(error) = ctrlc::set_handler(handler) {
        tracing::warn!(%error, "Ctrl-C cannot be caught: it will leave at once");
    }
}
