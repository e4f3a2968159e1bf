//! The vocabulary of a scene: where, when, in what weather and light, how it is framed and how the camera moves.
//!
//! Templates choose from these words, the storyboard writes them down, the animatic maker draws each of them and
//! prompts spell them out. Every word's wire form is kebab-case and is listed by its `ALL`.

use serde::{Deserialize, Serialize};

/// Declares a closed set of words with one spelling on the wire, on the command line and in prompts.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal : $phrase:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// Every word, in the order it is documented.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word as it stands in plans, templates and on the command line.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The word spelled out for a person or a prompt, in English.
            pub fn phrase(self) -> &'static str {
                match self { $(Self::$variant => $phrase),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                Self::ALL.iter().copied().find(|w| w.word() == text).ok_or_else(|| {
                    let known: Vec<_> = Self::ALL.iter().map(|w| w.word()).collect();
                    format!("`{text}` is not known: choose {}", known.join(", "))
                })
            }
        }
    };
}

words! {
    /// What a part of a song is for.
    SectionKind {
        Intro = "intro": "intro",
        Verse = "verse": "verse",
        PreChorus = "pre-chorus": "pre-chorus",
        Chorus = "chorus": "chorus",
        Bridge = "bridge": "bridge",
        Solo = "solo": "solo",
        Outro = "outro": "outro",
    }
}

words! {
    /// A place the animatic maker can draw.
    Place {
        Skyline = "skyline": "a city skyline across the water",
        Rooftop = "rooftop": "a rooftop above the city",
        Alley = "alley": "a narrow alley of shop signs",
        Crossing = "crossing": "a wide street crossing between tall buildings",
        Subway = "subway": "the inside of a subway car",
        Tunnel = "tunnel": "a road tunnel lined with lights",
        Bridge = "bridge": "a suspension bridge over the river",
        Stage = "stage": "a concert stage before a crowd",
        Forest = "forest": "a forest clearing",
        Meadow = "meadow": "a meadow of tall grass under a wide sky",
        Shore = "shore": "a beach at the edge of the sea",
        DesertRoad = "desert-road": "an empty road through the desert",
        Lake = "lake": "a mountain lake",
        Room = "room": "a bedroom with a window",
        Space = "space": "open space above a planet",
        Underwater = "underwater": "under the surface of the sea",
    }
}

words! {
    TimeOfDay {
        Dawn = "dawn": "at dawn",
        Day = "day": "in full daylight",
        GoldenHour = "golden-hour": "at golden hour",
        Dusk = "dusk": "at dusk",
        Night = "night": "at night",
    }
}

words! {
    Weather {
        Clear = "clear": "clear air",
        Cloudy = "cloudy": "drifting clouds",
        Rain = "rain": "rain",
        Snow = "snow": "falling snow",
        Fog = "fog": "fog",
        Wind = "wind": "wind carrying leaves and dust",
    }
}

words! {
    /// The light that shapes the figure and the set.
    Lighting {
        Natural = "natural": "natural light",
        Golden = "golden": "warm low sunlight from behind",
        Neon = "neon": "neon light in two colours",
        Moonlight = "moonlight": "cool moonlight",
        Spotlight = "spotlight": "stage spotlights",
        Silhouette = "silhouette": "strong backlight, the figure a silhouette",
        Candle = "candle": "small warm lamps",
    }
}

words! {
    /// How much of the person, or of the place, the picture holds.
    Framing {
        ExtremeWide = "extreme-wide": "extreme wide shot",
        Wide = "wide": "wide shot",
        Medium = "medium": "medium shot",
        CloseUp = "close-up": "close-up",
        LowAngle = "low-angle": "low-angle shot",
        OverShoulder = "over-shoulder": "over-the-shoulder shot",
    }
}

words! {
    CameraMove {
        Static = "static": "the camera holds still",
        PushIn = "push-in": "the camera pushes in slowly",
        PullOut = "pull-out": "the camera pulls out",
        PanLeft = "pan-left": "the camera pans left",
        PanRight = "pan-right": "the camera pans right",
        TiltUp = "tilt-up": "the camera tilts up",
        TiltDown = "tilt-down": "the camera tilts down",
        TrackLeft = "track-left": "the camera tracks left alongside",
        TrackRight = "track-right": "the camera tracks right alongside",
        Orbit = "orbit": "the camera orbits around the subject",
        CraneUp = "crane-up": "the camera cranes up",
        Handheld = "handheld": "a breathing handheld camera",
    }
}

words! {
    /// What the people in the scene do.
    Action {
        Stand = "stand": "stands still",
        Walk = "walk": "walks",
        Run = "run": "runs",
        Sit = "sit": "sits",
        Dance = "dance": "dances",
        Sing = "sing": "sings",
        LookUp = "look-up": "looks up",
        PlayGuitar = "play-guitar": "plays the guitar",
    }
}

words! {
    /// What joins two scenes, centred on their boundary.
    TransitionKind {
        /// A hard cut: no frames are shared.
        Cut = "cut": "hard cut",
        /// Cross-fade in equal measure.
        Crossfade = "crossfade": "crossfade",
        /// A slower, softer cross-fade with eased ends.
        Dissolve = "dissolve": "dissolve",
        /// Through white, on a strong beat.
        Flash = "flash": "flash",
        /// Through black.
        Dip = "dip": "dip to black",
        /// The next picture slides over, in the direction of movement.
        Wipe = "wipe": "wipe",
        /// The picture rushes in and comes out in the next place.
        Zoom = "zoom": "zoom through",
    }
}

words! {
    /// A colour grade that keeps skin skin.
    Grade {
        None = "none": "no grade",
        Warm = "warm": "warm",
        Cool = "cool": "cool",
        Vintage = "vintage": "vintage",
        Vibrant = "vibrant": "vibrant",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_survive_the_wire() {
        for place in Place::ALL {
            assert_eq!(place.word().parse::<Place>().as_ref(), Ok(place));
            let json = serde_json::to_string(place).unwrap();
            assert_eq!(json, format!("\"{place}\""));
            assert_eq!(serde_json::from_str::<Place>(&json).unwrap(), *place);
        }
    }

    #[test]
    fn an_unknown_word_is_answered_with_the_known_ones() {
        let error = "sideways".parse::<CameraMove>().unwrap_err();
        assert!(error.contains("`sideways`") && error.contains("push-in"), "{error}");
    }
}
