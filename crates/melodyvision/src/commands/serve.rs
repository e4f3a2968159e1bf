//! `melodyvision serve`: a page on this machine with the films of a folder, their reports and storyboards.

use crate::args::ServeArgs;
use crate::failure::{Class, Failure};
use crate::output::Output;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Html;
use axum::routing::get;
use mv_core::CancelToken;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt::Write;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// What the page needs: where the films are, and the reader's language.
struct Gallery {
    folder: PathBuf,
    output: Output,
}

pub(crate) fn run(args: &ServeArgs, output: Output, cancel: &CancelToken) -> Result<(), Failure> {
    if !args.folder.is_dir() {
        let message = format!("`{}` is not a folder", args.folder.display());
        return Err(
            Failure::new(Class::Input, message).hint("make a film first, or name the folder of your films")
        );
    }
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::unexpected)?;
    runtime.block_on(serve(args, output, cancel))
}

async fn serve(args: &ServeArgs, output: Output, cancel: &CancelToken) -> Result<(), Failure> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port));
    let listener = tokio::net::TcpListener::bind(address).await.map_err(|error| {
        Failure::new(Class::Write, format!("port `{}` cannot be used: {error}", args.port))
            .hint("end the program that uses it, or choose another one with --port")
    })?;
    let port = listener.local_addr().map_err(Failure::unexpected)?.port();
    output.say(&format!("http://localhost:{port}"));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let _guard = cancel.on_cancel(move || drop(stop));
    let ended = async move {
        // An error is the sender being dropped, which is how a cancel arrives.
        let _ = stopped.await;
    };
    axum::serve(listener, router(&args.folder, output))
        .with_graceful_shutdown(ended)
        .await
        .map_err(Failure::unexpected)
}

fn router(folder: &Path, output: Output) -> Router {
    // Everything is in the page itself; a report brings its own style and drawing.
    const POLICY: &str =
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self'";
    let gallery = Arc::new(Gallery { folder: folder.to_owned(), output });
    Router::new()
        .route("/", get(page))
        .with_state(gallery)
        .nest_service("/films", ServeDir::new(folder))
        .layer(SetResponseHeaderLayer::overriding(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(POLICY),
        ))
        .layer(SetResponseHeaderLayer::overriding(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
}

async fn page(State(gallery): State<Arc<Gallery>>) -> Html<String> {
    Html(gallery.html())
}

impl Gallery {
    /// The films of the folder, the newest first.
    fn films(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return Vec::new() };
        let mut films: Vec<_> = entries
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let name = entry.file_name().into_string().ok()?;
                let made = entry.metadata().ok()?.modified().ok()?;
                let is_film = Path::new(&name).extension().is_some_and(|end| end == "mp4");
                (is_film && !name.starts_with('.')).then_some((made, name))
            })
            .collect();
        films.sort_by(|a, b| b.cmp(a));
        films.into_iter().map(|(_, name)| name).collect()
    }

    fn html(&self) -> String {
        let films = self.films();
        let mut body = String::new();
        if films.is_empty() {
            let _ = write!(
                body,
                "<p>{}</p><pre>melodyvision make song.mp3 -o {}</pre>",
                self.output.pick("아직 영상이 없어요. 이렇게 만들어요.", "No films yet. This makes one:"),
                escape(&self.folder.join("video.mp4").display().to_string())
            );
        }
        for film in &films {
            self.film(film, &mut body);
        }
        let lang = self.output.pick("ko", "en");
        format!(
            "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\"><title>MelodyVision</title>\
             <style>{STYLE}</style></head><body><h1>MelodyVision</h1>{body}</body></html>"
        )
    }

    fn film(&self, name: &str, body: &mut String) {
        let stem = name.trim_end_matches(".mp4");
        let url = |ending: &str| {
            format!("/films/{}", utf8_percent_encode(&format!("{stem}{ending}"), NON_ALPHANUMERIC))
        };
        let there = |ending: &str| self.folder.join(format!("{stem}{ending}")).is_file();
        let poster =
            if there(".poster.jpg") { format!(" poster=\"{}\"", url(".poster.jpg")) } else { String::new() };
        let _ = write!(
            body,
            "<article><h2>{}</h2><video controls preload=\"metadata\" src=\"{}\"{poster}></video><p>",
            escape(stem),
            url(".mp4")
        );
        let links = [
            (".report.html", self.output.pick("싱크 보고서", "sync report")),
            (".plan.json", self.output.pick("스토리보드", "storyboard")),
            (".srt", self.output.pick("자막", "captions")),
            (".mp4", self.output.pick("내려받기", "download")),
        ];
        for (ending, word) in links.into_iter().filter(|(ending, _)| there(ending)) {
            let _ = write!(body, "<a href=\"{}\">{word}</a> ", url(ending));
        }
        body.push_str("</p></article>");
    }
}

const STYLE: &str = ":root{color-scheme:dark light;--canvas:#0b0a0f;--fg:#f3f3f7;--quiet:#b8b8c1;--ember:#ff8959}\
@media(prefers-color-scheme:light){:root{--canvas:#fbfbfc;--fg:#1c1b22;--quiet:#55545e;--ember:#b9481a}}\
body{margin:0 auto;max-width:960px;padding:32px 20px;background:var(--canvas);color:var(--fg);\
font:15px/1.6 Pretendard,system-ui,sans-serif}h1{font-size:22px}h2{font-size:17px;margin:40px 0 12px}\
video{width:100%;max-height:70vh;border-radius:12px;background:#000}a{color:var(--ember);margin-right:16px}\
p{color:var(--quiet)}pre{padding:12px;border-radius:8px;border:1px solid var(--quiet);overflow:auto}\
:focus-visible{outline:2px solid var(--ember);outline-offset:2px}";

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
