//! The command line: what can be asked, with what defaults.

pub(crate) mod admin;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use mv_core::FrameRate;
use mv_core::film::{CaptionStyle, Corner, Quality};
use mv_core::units::{Aspect, Resolution};
use mv_core::vocabulary::Grade;
use mv_media::Watermark;
use mv_media::captions::CaptionLook;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;

/// Turns a song into a music video, cut on its beats.
#[derive(Debug, Parser)]
#[command(
    version,
    about,
    long_about = "Turns a song into a music video, cut on its beats.\n\n\
        Give it a song and, if you like, photos of your characters. It hears the beats, bars and sections, \
        plans a storyboard, draws every scene and joins them on the beat: no account, no key, no network.",
    after_help = "Examples:\n  \
        melodyvision make song.mp3 --photo harin=me.jpg --lyrics song.lrc -o video.mp4\n  \
        melodyvision analyze song.flac --plot song.png\n  \
        melodyvision plan song.mp3 -o plan.json && melodyvision make song.mp3 --plan plan.json",
    after_long_help = EXIT_CODES
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,

    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

const EXIT_CODES: &str = "Exit codes:\n  \
    0    done\n  \
    1    something unexpected; please report it\n  \
    2    the command line is wrong\n  \
    3    an input cannot be used: song, photo, plan, lyrics, template\n  \
    4    a program that is needed is missing or too old (see `melodyvision doctor`)\n  \
    5    a file or folder cannot be written: full disk, no permission, in use\n  \
    6    --strict: the sync report breaks a bound\n  \
    7    the budget would be exceeded\n  \
    130  interrupted; run the same command again to go on";

#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct OutputArgs {
    /// Write events as JSON, one a line; the default when the output is not a terminal
    #[arg(long, global = true, env = "MV_JSON")]
    pub(crate) json: bool,

    /// Write for people even when the output is not a terminal
    #[arg(long, global = true, conflicts_with = "json")]
    pub(crate) human: bool,

    /// Only errors and the result
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,

    /// Language of what people read
    #[arg(long, global = true, env = "MV_LANG", value_enum)]
    pub(crate) lang: Option<Language>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    Ko,
    En,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make the film of a song
    Make(Box<MakeArgs>),
    /// Hear a song: tempo, key, beats, bars, sections, energy
    Analyze(AnalyzeArgs),
    /// Plan a storyboard, as JSON to edit or as a contact sheet to look at
    Plan(Box<PlanArgs>),
    /// List the templates, or show one
    Templates(TemplatesArgs),
    /// List the models that can make stills and clips, with their limits and prices
    Models(ModelsArgs),
    /// List what a film's stills and clips cost, and settle calls whose answer was lost
    Calls(CallsArgs),
    /// Start the server: database, API and workers in one process
    Serve(ServeArgs),
    /// Work on the jobs of a server that runs elsewhere
    Worker(WorkerArgs),
    /// Look after a server's people, keys, queues and backups, from its own machine
    Admin(admin::AdminArgs),
    /// Bring the database's schema up to date, and end
    Migrate(ServerArgs),
    /// Print the page that lists every setting of a server
    Config,
    /// Check that this machine has what is needed, and say how to get what is missing
    Doctor(DoctorArgs),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write the manual pages into a folder
    Man {
        /// The folder, made if it is missing
        folder: PathBuf,
    },
}

#[derive(Clone, Debug, Args)]
pub(crate) struct DirectArgs {
    /// A character: a photo, or NAME=PHOTO; up to 5 photos a name
    #[arg(long = "photo", value_name = "[NAME=]FILE")]
    pub(crate) photos: Vec<NamedPhoto>,

    /// Places alone, nobody in them; without this and without photos one character is drawn
    #[arg(long, conflicts_with = "photos")]
    pub(crate) no_people: bool,

    /// Use photos in which no face is found too (drawn characters, animals, masks)
    #[arg(long)]
    pub(crate) any_face: bool,

    /// Template: an id from `melodyvision templates`, or a TOML file
    #[arg(long, default_value = "urban-night")]
    pub(crate) template: String,

    /// Lyrics: .lrc, .srt or .txt
    #[arg(long, value_name = "FILE")]
    pub(crate) lyrics: Option<PathBuf>,

    /// Title of the song; the file's name when not given
    #[arg(long)]
    pub(crate) title: Option<String>,

    /// Who the song is by
    #[arg(long)]
    pub(crate) artist: Option<String>,

    /// Seed of every choice: the same seed gives the same film
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct PictureArgs {
    /// Shape of the picture: 16:9, 9:16 or 1:1
    #[arg(long, default_value = "16:9", env = "MV_ASPECT")]
    pub(crate) aspect: Aspect,

    /// Size of the picture: 480p, 720p, 1080p or 4k
    #[arg(long, default_value = "1080p", env = "MV_RESOLUTION")]
    pub(crate) resolution: Resolution,

    /// Frames a second: 24, 30 or 60
    #[arg(long, default_value = "24", env = "MV_FPS")]
    pub(crate) fps: FrameRate,
}

/// Who makes what the built-in maker would draw. A service's key is `MV_KEY_` and its name in capitals:
/// `MV_KEY_GEMINI`, `MV_KEY_FAL`.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "AI services")]
pub(crate) struct ServiceArgs {
    /// Model that makes the stills, from `melodyvision models`; the built-in maker when not given
    #[arg(long, value_name = "MODEL", env = "MV_IMAGE_MODEL")]
    pub(crate) image_model: Option<String>,

    /// Model that makes the clips; the built-in maker when not given, which moves bought stills too
    #[arg(long, value_name = "MODEL", env = "MV_CLIP_MODEL")]
    pub(crate) clip_model: Option<String>,

    /// Models to ask when the chosen one cannot make a still, in order
    #[arg(long, value_name = "MODEL,…", value_delimiter = ',')]
    pub(crate) image_fallback: Vec<String>,

    /// Models to ask when the chosen one cannot make a clip, in order; `animatic` moves the still
    #[arg(long, value_name = "MODEL,…", value_delimiter = ',')]
    pub(crate) clip_fallback: Vec<String>,

    /// The most that may ever be spent on this film, in US dollars; needed when a model is not free
    #[arg(long, value_name = "USD")]
    pub(crate) budget: Option<f64>,

    /// Make a still anew, so often, when a face in it is not the character's
    #[arg(long, value_name = "TIMES", default_value_t = 0)]
    pub(crate) retakes: u32,

    /// Services and models of your own, as TOML, on top of the built-in list
    #[arg(long, value_name = "FILE", env = "MV_MODELS")]
    pub(crate) models: Option<PathBuf>,
}

/// Words that are bought: what is sung and when, and what the scenes say.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "AI services")]
pub(crate) struct WordArgs {
    /// Model that listens to the song, then those to ask when it cannot: given lyrics get the times that were heard, and
    /// where there are none, what was heard becomes them
    #[arg(long, value_name = "MODEL,…", value_delimiter = ',', conflicts_with = "plan")]
    pub(crate) transcribe: Vec<String>,

    /// What is sung, such as `ko` or `en`; the model finds out when not given
    #[arg(long, value_name = "TAG", requires = "transcribe")]
    pub(crate) song_language: Option<String>,

    /// Model that writes the scenes from the lyrics, then those to ask when it cannot
    #[arg(long, value_name = "MODEL,…", value_delimiter = ',', conflicts_with = "plan")]
    pub(crate) text_model: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ModelsArgs {
    /// Services and models of your own, as TOML, on top of the built-in list
    #[arg(long, value_name = "FILE", env = "MV_MODELS")]
    pub(crate) models: Option<PathBuf>,

    /// Try every key that is set, with a call that costs nothing, and look which models are still offered
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CallsArgs {
    /// The folder of the film's parts, such as video.parts
    pub(crate) work: PathBuf,

    /// The call that nobody could tell about: say what the service's own page shows
    #[arg(long, value_name = "CALL", requires = "finding")]
    pub(crate) settle: Option<String>,

    /// The service has it, as the job of this name: it is fetched by the next run
    #[arg(long, value_name = "JOB", group = "finding", requires = "settle")]
    pub(crate) job: Option<String>,

    /// The service never got it: the next run may ask again
    #[arg(long, group = "finding", requires = "settle")]
    pub(crate) not_taken: bool,
}

#[derive(Debug, Args)]
pub(crate) struct MakeArgs {
    /// The song: MP3, WAV, FLAC, M4A/AAC or Ogg
    pub(crate) song: PathBuf,

    #[command(flatten)]
    pub(crate) direct: DirectArgs,

    #[command(flatten)]
    pub(crate) picture: PictureArgs,

    #[command(flatten)]
    pub(crate) services: ServiceArgs,

    #[command(flatten)]
    pub(crate) words: WordArgs,

    /// Obey this plan, from `melodyvision plan`, instead of planning anew
    #[arg(long, value_name = "FILE", conflicts_with_all = ["template", "lyrics", "seed"])]
    pub(crate) plan: Option<PathBuf>,

    /// How much work the encoder does: draft, standard or high
    #[arg(long, default_value = "standard", env = "MV_QUALITY")]
    pub(crate) quality: Quality,

    /// Colour grade: warm, cool, vintage, vibrant or none; the template's when not given
    #[arg(long)]
    pub(crate) grade: Option<Grade>,

    /// Lyric captions: none, line or karaoke; the template's when not given
    #[arg(long, value_parser = caption_style)]
    pub(crate) captions: Option<CaptionStyle>,

    /// How captions are set: clean, bold, typewriter or neon
    #[arg(long, default_value = "clean", value_parser = CaptionLook::named)]
    pub(crate) caption_look: CaptionLook,

    /// No title and artist over the first seconds
    #[arg(long)]
    pub(crate) no_title: bool,

    /// A picture in a corner, such as `logo.png:bottom-right:0.6`
    #[arg(long, value_name = "FILE:CORNER:OPACITY")]
    pub(crate) watermark: Option<WatermarkArg>,

    /// Where the film goes; its report, poster and captions go beside it
    #[arg(long, short, value_name = "FILE", default_value = "out.mp4")]
    pub(crate) output: PathBuf,

    /// Where finished parts are kept, so that a run can be resumed and an edit is quick; OUTPUT.parts when not given
    #[arg(long, value_name = "FOLDER", env = "MV_WORK")]
    pub(crate) work: Option<PathBuf>,

    /// Scenes made at once; the number of cores when not given
    #[arg(long, env = "MV_JOBS")]
    pub(crate) jobs: Option<NonZeroUsize>,

    /// Fail when the sync report breaks a bound
    #[arg(long)]
    pub(crate) strict: bool,
}

#[derive(Debug, Args)]
pub(crate) struct AnalyzeArgs {
    /// The song: MP3, WAV, FLAC, M4A/AAC or Ogg
    pub(crate) song: PathBuf,

    /// Draw waveform, beats, bars, sections and energy into this PNG
    #[arg(long, value_name = "FILE")]
    pub(crate) plot: Option<PathBuf>,

    /// Lay these lyrics (.lrc, .srt or .txt) over the song, and show when each line is sung
    #[arg(long, value_name = "FILE")]
    pub(crate) lyrics: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    /// The song: MP3, WAV, FLAC, M4A/AAC or Ogg
    pub(crate) song: PathBuf,

    #[command(flatten)]
    pub(crate) direct: DirectArgs,

    #[command(flatten)]
    pub(crate) picture: PictureArgs,

    #[command(flatten)]
    pub(crate) words: WordArgs,

    /// The most that may ever be spent here, in US dollars; needed when a model is not free
    #[arg(long, value_name = "USD", help_heading = "AI services")]
    pub(crate) budget: Option<f64>,

    /// Services and models of your own, as TOML, on top of the built-in list
    #[arg(long, value_name = "FILE", env = "MV_MODELS", help_heading = "AI services")]
    pub(crate) models: Option<PathBuf>,

    /// Where bought words are kept, so that they are never bought twice; OUTPUT.parts when not given. A film made with the
    /// same folder finds them there
    #[arg(long, value_name = "FOLDER", env = "MV_WORK", help_heading = "AI services")]
    pub(crate) work: Option<PathBuf>,

    /// Draw this plan instead of planning anew
    #[arg(long, value_name = "FILE", conflicts_with_all = ["template", "lyrics", "seed"])]
    pub(crate) plan: Option<PathBuf>,

    /// A .json plan or a .png contact sheet; the plan goes to the output when not given
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ServerArgs {
    /// The configuration; see docs/configuration.md
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// The folder of the private database, the files and the keys
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Check what a server needs too: its database, files, Redis and mail; `--config` and `--data` imply it
    #[arg(long)]
    pub(crate) server: bool,

    #[command(flatten)]
    pub(crate) of: ServerArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,

    /// The port on this machine; 0 takes a free one
    #[arg(long, env = "MV_PORT")]
    pub(crate) port: Option<u16>,

    /// Answer requests and leave the jobs to `melodyvision worker` elsewhere
    #[arg(long)]
    pub(crate) no_workers: bool,

    /// Load the sample song as a project of its own
    #[arg(long)]
    pub(crate) demo: bool,
}

#[derive(Debug, Args)]
pub(crate) struct WorkerArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,

    /// Only jobs of these classes: video, image, render, analysis, mail, webhook, cleaning, analytics
    #[arg(long = "class", value_name = "CLASS", value_parser = class)]
    pub(crate) classes: Vec<mv_core::jobs::Class>,
}

fn class(text: &str) -> Result<mv_core::jobs::Class, String> {
    mv_core::jobs::Class::ALL
        .into_iter()
        .find(|class| class.word() == text)
        .ok_or_else(|| format!("`{text}` is not a class of jobs: choose video, image, render, analysis, mail, webhook, cleaning or analytics"))
}

#[derive(Debug, Args)]
pub(crate) struct TemplatesArgs {
    /// Show this template whole, as TOML to copy and change
    pub(crate) id: Option<String>,
}

/// `NAME=FILE` or `FILE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamedPhoto {
    pub(crate) name: Option<String>,
    pub(crate) path: PathBuf,
}

impl FromStr for NamedPhoto {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((name, path))
                if !name.trim().is_empty() && !path.is_empty() && !name.contains(['/', '\\']) =>
            {
                Ok(Self { name: Some(name.trim().to_owned()), path: path.into() })
            }
            Some((name, path)) if name.trim().is_empty() || path.is_empty() => {
                Err(format!("`{text}` is not NAME=FILE"))
            }
            _ => Ok(Self { name: None, path: text.into() }),
        }
    }
}

/// `FILE:CORNER:OPACITY`; corner and opacity may be left out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WatermarkArg {
    pub(crate) path: PathBuf,
    pub(crate) corner: Corner,
    pub(crate) opacity: f64,
}

impl FromStr for WatermarkArg {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let (path, corner, opacity) = Watermark::parse(text)?;
        Ok(Self { path, corner, opacity })
    }
}

fn caption_style(text: &str) -> Result<CaptionStyle, String> {
    match text {
        "none" => Ok(CaptionStyle::None),
        "line" => Ok(CaptionStyle::Line),
        "karaoke" => Ok(CaptionStyle::Karaoke),
        _ => Err(format!("`{text}` is not a caption style: choose none, line or karaoke")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn photos_may_have_names() {
        let named: NamedPhoto = "harin=a/b.png".parse().unwrap();
        assert_eq!((named.name.as_deref(), named.path.to_str()), (Some("harin"), Some("a/b.png")));
        let plain: NamedPhoto = "a/b=c.png".parse().unwrap();
        assert_eq!((plain.name, plain.path.to_str()), (None, Some("a/b=c.png")));
        assert!("=x.png".parse::<NamedPhoto>().is_err());
    }
}
