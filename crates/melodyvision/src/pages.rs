//! The studio inside the program: what `npm run build` left in `web/dist` when the program was built.

use mv_api::pages::{File, Pages};
use rust_embed::RustEmbed;
use std::borrow::Cow;
use std::collections::BTreeMap;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Built;

/// Shown where the studio should be in a program that was built without it.
const WITHOUT: &str = include_str!("pages/without.html");

#[derive(Debug)]
pub(crate) struct Studio {
    files: BTreeMap<String, File>,
}

impl Studio {
    pub(crate) fn open() -> Self {
        let contents: BTreeMap<String, &'static [u8]> = Built::iter()
            .filter_map(|name| Some((name.to_string(), lasting(Built::get(&name)?.data))))
            .collect();
        Self::of(&contents)
    }

    fn of(contents: &BTreeMap<String, &'static [u8]>) -> Self {
        let mut files: BTreeMap<String, File> = contents
            .iter()
            .filter_map(|(name, plain)| {
                let packed = |ending: &str| contents.get(&format!("{name}.{ending}")).copied();
                let file = File {
                    media_type: media_type(name)?,
                    etag: etag(plain),
                    plain,
                    brotli: packed("br"),
                    gzip: packed("gz"),
                };
                Some((name.clone(), file))
            })
            .collect();
        files.entry("index.html".to_owned()).or_insert_with(|| File {
            media_type: "text/html; charset=utf-8",
            etag: etag(WITHOUT.as_bytes()),
            plain: WITHOUT.as_bytes(),
            brotli: None,
            gzip: None,
        });
        Self { files }
    }
}

impl Pages for Studio {
    fn file(&self, path: &str) -> Option<File> {
        self.files.get(path).cloned()
    }
}

fn etag(bytes: &[u8]) -> String {
    format!("\"{}\"", &blake3::hash(bytes).to_hex()[..24])
}

/// A debug build reads the files from the disk, once; they stay for as long as the program runs.
fn lasting(data: Cow<'static, [u8]>) -> &'static [u8] {
    match data {
        Cow::Borrowed(bytes) => bytes,
        Cow::Owned(bytes) => bytes.leak(),
    }
}

/// `None` for what the build leaves for itself: its manifest, and packed files, which go with the plain ones.
fn media_type(name: &str) -> Option<&'static str> {
    if name.starts_with('.') {
        return None;
    }
    Some(match name.rsplit_once('.')?.1 {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" => "image/jpeg",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "mp3" => "audio/mpeg",
        "mp4" => "video/mp4",
        "wasm" => "application/wasm",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_files_go_with_their_plain_ones() {
        let built: [(&str, &'static [u8]); 6] = [
            ("index.html", b"<!doctype html>"),
            ("assets/app-1.js", b"go()"),
            ("assets/app-1.js.br", b"br"),
            ("assets/app-1.js.gz", b"gz"),
            (".vite/manifest.json", b"{}"),
            ("notes.md", b"#"),
        ];
        let studio = Studio::of(&built.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect());
        let script = studio.file("assets/app-1.js").unwrap();
        assert_eq!((script.brotli, script.gzip), (Some(&b"br"[..]), Some(&b"gz"[..])));
        assert_eq!(studio.file("index.html").unwrap().plain, b"<!doctype html>");
        for none in ["assets/app-1.js.br", ".vite/manifest.json", "notes.md", "", "../Cargo.toml"] {
            assert!(studio.file(none).is_none(), "{none}");
        }
    }

    #[test]
    fn a_program_without_its_studio_says_so() {
        let page = Studio::of(&BTreeMap::new()).file("index.html").unwrap();
        let text = std::str::from_utf8(page.plain).unwrap();
        assert!(text.contains("npm") && text.contains("/api/docs"));
        assert!(!text.contains("<style") && !text.contains("<script"), "the pages' policy forbids both");
    }
}
