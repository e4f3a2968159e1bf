//! One hour, one weather, one lighting and one look become all the colours of a set.
//!
//! The natural colours of the hour come first, the weather greys or softens them, the lighting bends them, and the
//! look pulls their hue by its `tint` while their brightness stays, so that the value structure survives any palette.
//! Saturation, contrast, grain and vignette of the look are the camera's business, not ours.

use crate::chance::Chance;
use crate::set::{KeyLight, PaintContext};
use crate::tone::{Tone, ramp};
use mv_core::Look;
use mv_core::vocabulary::{Lighting, TimeOfDay, Weather};

/// What hangs in the sky.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    Sun,
    Moon,
}

/// The sun or the moon.
#[derive(Clone, Copy, Debug)]
pub struct Celestial {
    pub body: Body,
    /// Height of its centre above the horizon and its radius, in stage units.
    pub elevation: f32,
    pub radius: f32,
    pub tone: Tone,
    /// 0 (hidden by weather) to 1.
    pub visible: f32,
}

/// All colours and levels of a set. Levels are 0–1.
#[derive(Clone, Debug)]
pub struct Ambience {
    /// From the zenith to the horizon.
    pub sky: [Tone; 5],
    pub celestial: Celestial,
    pub stars: f32,
    /// How much of the sky clouds cover, their lit and their shaded side.
    pub clouds: f32,
    pub cloud_lit: Tone,
    pub cloud_shade: Tone,
    /// What distance fades into, and how far the farthest thing has faded.
    pub haze: Tone,
    pub haze_density: f32,
    /// The main light, and the light from everywhere else.
    pub key: Tone,
    pub key_strength: f32,
    pub ambient: Tone,
    /// Body colour of a near building, rock or tree in the shade; and the darkest paint, for the foreground.
    pub near: Tone,
    pub deep: Tone,
    /// Light behind windows, light of lamps.
    pub window: Tone,
    pub lamp: Tone,
    /// Signs, costumes, particles; never empty.
    pub accents: Vec<Tone>,
    /// 0 in full daylight, 1 in deepest night.
    pub dark: f32,
    /// Share of lamps and windows that are lit.
    pub lamps: f32,
    pub wet: f32,
    pub snow: f32,
    pub fog: f32,
    pub wind: f32,
    /// Strength of bloom around lights, 0.5–1.5.
    pub bloom: f32,
    pub lighting: Lighting,
    look: [Tone; 3],
    tint: f32,
}

/// The natural colours of an hour under a clear sky.
struct Hour {
    sky: [u32; 5],
    key: u32,
    key_strength: f32,
    ambient: u32,
    near: u32,
    dark: f32,
    lamps: f32,
    elevation: f32,
    radius: f32,
}

fn hour(time: TimeOfDay) -> Hour {
    match time {
        TimeOfDay::Dawn => Hour {
            sky: [0x2a_3d_78, 0x64_70_b4, 0xb8_8f_b8, 0xf2_b4_a8, 0xff_e2_b8],
            key: 0xff_d2_a0,
            key_strength: 0.75,
            ambient: 0xb4_a8_cc,
            near: 0x3a_38_66,
            dark: 0.35,
            lamps: 0.35,
            elevation: 0.07,
            radius: 0.06,
        },
        TimeOfDay::Day => Hour {
            sky: [0x22_6c_c4, 0x45_94_dc, 0x7c_ba_ea, 0xb4_dc_f2, 0xe4_f2_f0],
            key: 0xff_f4_da,
            key_strength: 0.9,
            ambient: 0xff_ff_ff,
            near: 0x41_5a_80,
            dark: 0.0,
            lamps: 0.0,
            elevation: 0.4,
            radius: 0.04,
        },
        TimeOfDay::GoldenHour => Hour {
            sky: [0x3c_4c_90, 0x86_6c_a0, 0xdc_88_70, 0xf8_b0_62, 0xff_e0_98],
            key: 0xff_c0_70,
            key_strength: 1.0,
            ambient: 0xea_b8_9e,
            near: 0x48_30_52,
            dark: 0.25,
            lamps: 0.2,
            elevation: 0.15,
            radius: 0.085,
        },
        TimeOfDay::Dusk => Hour {
            sky: [0x14_17_4a, 0x35_2a_7c, 0x7b_3f_92, 0xdc_63_80, 0xff_a7_65],
            key: 0xff_9a_62,
            key_strength: 0.85,
            ambient: 0x80_62_9e,
            near: 0x26_1c_4c,
            dark: 0.6,
            lamps: 0.8,
            elevation: 0.045,
            radius: 0.1,
        },
        TimeOfDay::Night => Hour {
            sky: [0x05_08_17, 0x0a_11_30, 0x12_1f_4c, 0x20_33_6c, 0x3a_4e_88],
            key: 0xbc_d0_ff,
            key_strength: 0.55,
            ambient: 0x38_46_7c,
            near: 0x0e_14_34,
            dark: 1.0,
            lamps: 1.0,
            elevation: 0.38,
            radius: 0.04,
        },
    }
}

impl Ambience {
    pub fn of(ctx: &PaintContext<'_>) -> Self {
        let hour = hour(ctx.time_of_day);
        let look = ctx.look;
        let near = Tone::hex(hour.near);
        let mut accents: Vec<Tone> = look.accents.iter().map(|rgb| Tone::from(*rgb)).collect();
        if accents.is_empty() {
            accents.push(Tone::from(look.highlights));
        }
        let moon = ctx.time_of_day == TimeOfDay::Night;
        let mut ambience = Self {
            sky: hour.sky.map(Tone::hex),
            celestial: Celestial {
                body: if moon { Body::Moon } else { Body::Sun },
                elevation: hour.elevation,
                radius: hour.radius,
                tone: if moon { Tone::hex(0xf2_f4_ff) } else { Tone::hex(hour.key).mix(Tone::WHITE, 0.55) },
                visible: 1.0,
            },
            stars: ((hour.dark - 0.35) / 0.65).clamp(0.0, 1.0),
            clouds: 0.2,
            cloud_lit: Tone::WHITE,
            cloud_shade: Tone::WHITE,
            haze: Tone::WHITE,
            haze_density: 0.44 + 0.4 * look.haze.clamp(0.0, 1.0),
            key: Tone::hex(hour.key),
            key_strength: hour.key_strength,
            ambient: Tone::hex(hour.ambient),
            near,
            deep: near.scale(0.32),
            window: Tone::hex(0xff_cf_86),
            lamp: Tone::hex(0xff_d9_9a),
            accents,
            dark: hour.dark,
            lamps: hour.lamps,
            wet: 0.0,
            snow: 0.0,
            fog: 0.0,
            wind: 0.0,
            bloom: 0.6 + 0.8 * look.bloom.clamp(0.0, 1.0),
            lighting: ctx.lighting,
            look: [look.shadows, look.midtones, look.highlights].map(Tone::from),
            tint: look.tint.clamp(0.0, 1.0),
        };
        ambience.weathered(ctx.weather);
        ambience.lit_by(ctx.lighting, ctx.time_of_day);
        ambience.tinted(look);
        ambience
    }

    fn weathered(&mut self, weather: Weather) {
        match weather {
            Weather::Clear => {}
            Weather::Cloudy => {
                self.overcast(0.3, 0.96);
                self.clouds = 0.75;
                self.key_strength *= 0.75;
                self.celestial.visible = 0.75;
                self.stars *= 0.35;
            }
            Weather::Rain => {
                self.overcast(0.72, 0.74);
                (self.wet, self.clouds, self.celestial.visible, self.stars) = (1.0, 1.0, 0.0, 0.0);
                self.key_strength *= 0.45;
                self.haze_density += 0.12;
                self.lamps = (self.lamps + 0.4).min(1.0);
                self.dark = (self.dark + 0.2).min(1.0);
                self.near = self.near.scale(0.88);
            }
            Weather::Snow => {
                self.overcast(0.6, 1.02);
                (self.snow, self.clouds, self.celestial.visible, self.stars) = (1.0, 0.9, 0.3, 0.0);
                self.key_strength *= 0.6;
                self.haze_density += 0.16;
                self.lamps = (self.lamps + 0.25).min(1.0);
            }
            Weather::Fog => {
                let veil = ramp(&self.sky, 0.72).saturate(0.6);
                for (i, tone) in self.sky.iter_mut().enumerate() {
                    *tone = tone.mix(veil, 0.45 + 0.1 * i as f32);
                }
                (self.fog, self.clouds, self.celestial.visible) = (1.0, 0.0, 0.55);
                self.stars *= 0.15;
                self.key_strength *= 0.6;
                self.haze_density += 0.35;
                self.near = self.near.mix(veil, 0.12);
                self.lamps = (self.lamps + 0.25).min(1.0);
            }
            Weather::Wind => {
                (self.wind, self.clouds) = (1.0, 0.5);
                self.haze_density += 0.08;
                self.sky[4] = self.sky[4].mix(Tone::hex(0xe8_c8_a0), 0.15 * (1.0 - self.dark));
            }
        }
        self.haze_density = self.haze_density.min(0.97);
    }

    /// Greys the sky towards its own mean, as a closed cloud cover does, and scales its brightness.
    fn overcast(&mut self, share: f32, brightness: f32) {
        let cover =
            ramp(&self.sky, 0.6).saturate(0.35).mix(Tone::hex(0x7c_8a_a4).scale(1.0 - 0.8 * self.dark), 0.3);
        for (i, tone) in self.sky.iter_mut().enumerate() {
            *tone = tone.mix(cover.scale(0.8 + 0.1 * i as f32), share).scale(brightness).clamp();
        }
        // At night the clouds give back the light of lamps below them, and keep the land's outline readable.
        let city = Tone::hex(0x6c_54_78).scale(0.5 * self.dark * share);
        for (i, tone) in self.sky.iter_mut().enumerate() {
            *tone = tone.screen(city.scale([0.0, 0.2, 0.5, 0.85, 1.2][i]));
        }
        self.key = self.key.saturate(1.0 - 0.6 * share);
        self.ambient = self.ambient.mix(cover.with_luma(self.ambient.luma()), share * 0.7).scale(brightness);
        self.near = self.near.saturate(1.0 - 0.45 * share);
    }

    fn lit_by(&mut self, lighting: Lighting, time: TimeOfDay) {
        match lighting {
            Lighting::Natural => {}
            Lighting::Golden => {
                let golden = hour(TimeOfDay::GoldenHour);
                // At night there is no sun to be golden: only the horizon keeps its afterglow.
                let share = if time == TimeOfDay::Night { 0.3 } else { 0.6 };
                for (i, tone) in self.sky.iter_mut().enumerate() {
                    *tone = tone.mix_vivid(Tone::hex(golden.sky[i]), share * [0.35, 0.5, 0.75, 1.0, 1.0][i]);
                }
                self.key = self.key.mix(Tone::hex(0xff_b0_58), 0.75);
                self.key_strength = self.key_strength.max(0.55) + 0.2;
                self.near = self.near.mix(Tone::hex(golden.near), share);
                self.ambient =
                    self.ambient.mix(Tone::hex(golden.ambient).with_luma(self.ambient.luma()), 0.6);
                if self.celestial.body == Body::Sun {
                    self.celestial.elevation = self.celestial.elevation.min(0.16);
                    self.celestial.radius = self.celestial.radius.max(0.08);
                }
            }
            Lighting::Neon => {
                let (first, second) = (self.accent(0), self.accent(1));
                let neon = [
                    Tone::hex(0x08_05_1c),
                    Tone::hex(0x14_0a_38),
                    Tone::hex(0x2c_12_58).mix(second, 0.1),
                    Tone::hex(0x52_1c_78).mix(second, 0.2),
                    Tone::hex(0x8a_2e_8c).mix(first, 0.35),
                ];
                let share = 0.35 + 0.4 * (1.0 - self.dark);
                for (tone, neon) in self.sky.iter_mut().zip(neon) {
                    *tone = tone.mix(neon, share);
                }
                self.key = first;
                self.key_strength = self.key_strength.max(0.85);
                self.dusk_down(0.72, 0x1a_12_3c, 0x5a_48_8e);
            }
            Lighting::Moonlight => {
                let night = hour(TimeOfDay::Night);
                let share = 0.75 * (1.0 - 0.6 * self.dark);
                for (i, tone) in self.sky.iter_mut().enumerate() {
                    *tone = tone.mix(Tone::hex(night.sky[i]).mix(Tone::hex(0x3c_6a_b4), 0.16), share);
                }
                self.key = Tone::hex(0xc4_d6_ff);
                self.key_strength = self.key_strength.clamp(0.6, 0.8);
                self.celestial.body = Body::Moon;
                self.celestial.tone = Tone::hex(0xf4_f6_ff);
                self.celestial.elevation = self.celestial.elevation.max(0.3);
                self.celestial.radius = 0.055;
                self.stars = self.stars.max(0.6 * self.celestial.visible);
                self.dusk_down(0.85, night.near, night.ambient);
            }
            Lighting::Spotlight => {
                for tone in &mut self.sky {
                    *tone = tone.scale(0.5 + 0.2 * self.dark);
                }
                self.key = Tone::hex(0xff_f2_dc).mix(self.accent(0), 0.18);
                self.key_strength = 1.0;
                self.dusk_down(0.75, 0x14_12_2c, 0x4a_44_74);
            }
            Lighting::Silhouette => {
                self.sky[3] = self.sky[3].screen(self.key.scale(0.18));
                self.sky[4] = self.sky[4].screen(self.key.scale(0.4));
                self.near = self.near.scale(0.42);
                self.ambient = self.ambient.scale(0.45);
                self.key_strength = 1.0;
                self.celestial.radius *= 1.6;
                self.celestial.visible = self.celestial.visible.max(0.4);
                if self.celestial.body == Body::Sun {
                    self.celestial.elevation = self.celestial.elevation.min(0.14);
                }
            }
            Lighting::Candle => {
                for tone in &mut self.sky {
                    *tone = tone.scale(0.78);
                }
                self.key = Tone::hex(0xff_ae_5c);
                self.key_strength = 0.7;
                self.dusk_down(0.6, 0x24_18_34, 0x78_58_70);
            }
        }
        self.key_strength = self.key_strength.min(1.0);
        self.deep = self.near.scale(if lighting == Lighting::Silhouette { 0.3 } else { 0.36 });
    }

    /// Turns the natural light down until lamps matter: a brighter hour is taken to at least `dark`.
    fn dusk_down(&mut self, dark: f32, near: u32, ambient: u32) {
        let share = ((dark - self.dark) / dark).clamp(0.0, 1.0);
        self.near = self.near.mix(Tone::hex(near), 0.35 + 0.6 * share);
        self.ambient = self.ambient.mix(Tone::hex(ambient), 0.25 + 0.65 * share);
        self.dark = self.dark.max(dark);
        self.lamps = self.lamps.max(0.9);
        self.celestial.visible *= 1.0 - 0.35 * share;
    }

    fn tinted(&mut self, look: &Look) {
        for i in 0..self.sky.len() {
            self.sky[i] = self.tint(self.sky[i]);
        }
        self.near = self.tint(self.near);
        let [shadows, ..] = self.look;
        self.deep =
            self.tint(self.deep).mix(shadows.with_luma(self.deep.luma().min(shadows.luma() + 0.03)), 0.4);
        self.ambient = self.ambient.mix(self.tint(self.ambient), 0.6);
        self.key = self.key.mix(Tone::from(look.highlights).with_luma(self.key.luma()), self.tint * 0.35);
        self.window = self.window.mix(self.accent(0), 0.12 + 0.15 * self.tint);
        self.haze = self.sky[3].mix(self.sky[4], 0.45);
        let lit = self.haze.mix(self.key, 0.5 * self.key_strength);
        self.cloud_lit = lit.mix(Tone::WHITE.multiply(self.ambient), 0.8 * (1.0 - self.dark));
        self.cloud_shade = ramp(&self.sky, 0.55).mix(self.near, 0.22 + 0.12 * self.dark);
    }

    /// The hue of the look at the same brightness, as strongly as the look's `tint` asks.
    pub fn tint(&self, tone: Tone) -> Tone {
        let luma = tone.luma();
        let wanted = ramp(&self.look, luma * 1.1).with_luma(luma);
        tone.mix_vivid(wanted, self.tint * 0.7)
    }

    /// One of the look's accents, counted round.
    pub fn accent(&self, index: usize) -> Tone {
        self.accents.get(index % self.accents.len().max(1)).copied().unwrap_or(Tone::WHITE)
    }

    /// A colour seen through the air: `distance` 0 is near, 1 the farthest thing in the picture.
    pub fn through_air(&self, tone: Tone, distance: f32) -> Tone {
        let distance = distance.clamp(0.0, 1.0);
        tone.mix(self.haze, self.haze_density * distance * (1.6 - 0.6 * distance))
    }

    /// How thick the air between the near and the far is by weather alone: most in fog, some in snow and rain.
    pub fn murk(&self) -> f32 {
        (0.75 * self.fog + 0.32 * self.snow + 0.16 * self.wet).min(1.0)
    }

    /// Body colour of buildings, hills and woods at a distance.
    pub fn mass(&self, distance: f32) -> Tone {
        self.through_air(self.near, distance)
    }

    /// A thing's own colour as it looks in this light (in the shade; see [`sunlit`](Self::sunlit)).
    pub fn local(&self, own: Tone) -> Tone {
        let lit = own.multiply(self.ambient);
        self.tint(lit).mix(self.near, 0.12 + 0.18 * self.dark)
    }

    /// A thing's own colour where the key light falls on it, `amount` 0–1.
    pub fn sunlit(&self, own: Tone, amount: f32) -> Tone {
        let shade = self.local(own);
        shade.mix(
            own.mix(self.key, 0.45).multiply(self.key),
            amount * self.key_strength * (0.75 - 0.35 * self.dark),
        )
    }

    /// White snow as it lies in this light.
    pub fn snow_tone(&self) -> Tone {
        self.haze.mix(Tone::WHITE, 0.45).multiply(self.ambient.mix(Tone::WHITE, 0.55)).mix(self.sky[2], 0.12)
    }

    /// Light of a window: mostly warm, now and then cool or in an accent.
    pub fn window_light(&self, chance: &mut Chance) -> Tone {
        let kind = chance.unit();
        if kind < 0.74 {
            self.window.mix(Tone::hex(0xff_ee_c8), chance.range(0.0, 0.5))
        } else if kind < 0.88 {
            Tone::hex(0xcf_e2_ff).mix(self.window, 0.2)
        } else {
            let index = chance.index(self.accents.len());
            self.accent(index).mix(Tone::WHITE, 0.25)
        }
    }

    /// Light that grazes edges: the key light's colour, under neon a different one from each side (−1 left, 1 right).
    pub fn rim(&self, side: f32) -> Tone {
        match self.lighting {
            Lighting::Neon => self.accent(usize::from(side > 0.0)),
            _ => self.key,
        }
    }

    /// The key light for figures, from a place in the set.
    pub fn key_light(&self, x: f32, y: f32, behind: bool) -> KeyLight {
        KeyLight {
            x,
            y,
            behind,
            color: self.key.into(),
            ambient: self.ambient.mix(self.haze, 0.25).into(),
            strength: self.key_strength.clamp(0.0, 1.0),
        }
    }
}
