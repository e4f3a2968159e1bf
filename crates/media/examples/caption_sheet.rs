//! Writes the script of every caption style, for looking at: `cargo run -p mv-media --example caption_sheet -- DIR`.

use mv_core::film::CaptionStyle;
use mv_core::lyrics::{LyricLine, LyricWord};
use mv_core::{Canvas, FrameRate, Lyrics, Seconds};
use mv_media::captions::{CaptionLook, CaptionSettings, TitleCard, install_fonts, slice};
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = PathBuf::from(std::env::args().nth(1).ok_or("say the folder")?);
    let fonts = install_fonts(&dir.join("fonts"))?;
    let words = ["여름밤의", "주파수를", "따라", "너에게로", "달려가,", "tonight"];
    let word = |(index, text): (usize, &&str)| LyricWord {
        start: Seconds(1.0 + 0.5 * index as f64),
        end: Seconds(1.5 + 0.5 * index as f64),
        text: (*text).into(),
        ..LyricWord::default()
    };
    let line = LyricLine {
        start: Seconds(1.0),
        end: Seconds(4.0),
        text: words.join(" "),
        words: words.iter().enumerate().map(word).collect(),
        ..LyricLine::default()
    };
    let lyrics = Lyrics { lines: vec![line] };
    for (aspect, canvas) in [
        ("wide", Canvas::new(1280, 720)),
        ("tall", Canvas::new(720, 1280)),
        ("square", Canvas::new(720, 720)),
    ] {
        for look in CaptionLook::all() {
            for mode in [CaptionStyle::Line, CaptionStyle::Karaoke] {
                let name = format!(
                    "{}-{aspect}-{}.ass",
                    look.id,
                    if mode == CaptionStyle::Line { "line" } else { "karaoke" }
                );
                let settings = CaptionSettings {
                    mode,
                    look: look.clone(),
                    canvas,
                    rate: FrameRate::FILM,
                    title_card: Some(TitleCard {
                        title: "여름밤의 주파수".into(),
                        artist: "MelodyVision".into(),
                        start: Seconds(0.5),
                        end: Seconds(5.0),
                    }),
                };
                if let Some(overlay) = slice(&lyrics, 0..120, &settings, &fonts) {
                    std::fs::write(dir.join(name), overlay.ass)?;
                }
            }
        }
    }
    Ok(())
}
