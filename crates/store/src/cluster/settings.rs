//! How the private server is set up. Given on its command line at every start, so that they change with the program.

use super::Options;
use super::folder::Folder;

/// Arguments of `postgres`.
pub(super) fn arguments(folder: &Folder, options: &Options) -> Vec<String> {
    let data = folder.data();
    let mut arguments = vec!["-D".to_owned(), data.to_string_lossy().into_owned()];
    let mut set = |name: &str, value: &str| arguments.extend(["-c".to_owned(), format!("{name}={value}")]);
    set("listen_addresses", "");
    set("unix_socket_directories", &quoted(&folder.sockets.to_string_lossy()));
    set("unix_socket_permissions", "0700");
    set("port", "5432");
    set("hba_file", &folder.hba().to_string_lossy());
    set("ident_file", &folder.ident().to_string_lossy());
    set("max_connections", &options.max_connections.to_string());
    // A laptop's: small beside FFmpeg and the pictures, on an SSD.
    set("shared_buffers", "128MB");
    set("max_wal_size", "512MB");
    set("random_page_cost", "1.1");
    // After a crash: one call for the whole disk instead of one a file, which took most of the seconds of a recovery.
    if cfg!(target_os = "linux") {
        set("recovery_init_sync_method", "syncfs");
    }
    set("jit", "off");
    set("timezone", "UTC");
    set("log_timezone", "UTC");
    // We read what it says, and know a few of its sentences.
    set("lc_messages", "C");
    set("log_destination", "stderr");
    set("logging_collector", "off");
    set("log_line_prefix", "");
    // A broken rule is an answer to whoever asked, not news.
    set("log_min_messages", "log");
    set("log_min_error_statement", "panic");
    set("log_checkpoints", "off");
    if options.scratch {
        for name in ["fsync", "synchronous_commit", "full_page_writes", "autovacuum"] {
            set(name, "off");
        }
    }
    arguments
}

/// A folder in a list of folders: a comma in its name does not part it.
fn quoted(folder: &str) -> String {
    format!("\"{}\"", folder.replace('"', "\"\""))
}
