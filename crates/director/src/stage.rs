//! Where and when each scene plays: places by section, hours along the song, weather, light, and the rhymes between.

use crate::acts::Act;
use crate::chance::Chance;
use crate::cutting::Shot;
use crate::template::{PlaceChoice, Template};
use mv_core::storyboard::Scene;
use mv_core::vocabulary::{Framing, Lighting, Place, SectionKind, TimeOfDay, Weather};
use std::collections::BTreeMap;

/// Where a scene plays, and the earlier scene it returns to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    pub(crate) place: Place,
    pub(crate) rhymes_with: Option<usize>,
    pub(crate) seed: u64,
}

/// The film's geography and calendar, decided before any scene is.
pub(crate) struct Stage<'a> {
    template: &'a Template,
    acts: &'a [Act],
    shots: &'a [Shot],
    seed: u64,
    /// The place the film opens at and comes back to.
    opening: Place,
    /// The place each act comes home to.
    homes: Vec<Place>,
    hours: Vec<TimeOfDay>,
    weathers: Vec<Weather>,
}

impl<'a> Stage<'a> {
    /// `shares` says where in the song each act begins, 0–1.
    pub(crate) fn set(
        template: &'a Template,
        acts: &'a [Act],
        shots: &'a [Shot],
        shares: &[f64],
        seed: u64,
    ) -> Self {
        let opening = opening(template, seed);
        let homes = homes(template, acts, opening, seed);
        let hours = hours(template, acts, shares);
        let weathers = weathers(template, acts, seed);
        Self { template, acts, shots, seed, opening, homes, hours, weathers }
    }

    /// Where a shot plays, given the scenes before it.
    pub(crate) fn spot(&self, number: usize, before: &[Scene]) -> Spot {
        let last = self.shots.len() - 1;
        let seed = Chance::of(self.seed, "picture", number).picture_seed();
        if number == 0 {
            return Spot { place: self.opening, rhymes_with: None, seed };
        }
        if number == last && self.may_stay(before, self.opening) {
            return Spot { place: self.opening, rhymes_with: Some(0), seed: before[0].seed };
        }
        if let Some(twin) = self.twin(number) {
            let place = before[twin].place;
            if self.may_stay(before, place) && !self.crowds_the_end(number, place) {
                return Spot { place, rhymes_with: Some(twin), seed: before[twin].seed };
            }
        }
        Spot { place: self.choose(number, before), rhymes_with: None, seed }
    }

    /// The scene of the first chorus that this one returns to: the one that began as far into it.
    fn twin(&self, number: usize) -> Option<usize> {
        let shot = self.shots[number];
        let act = &self.acts[shot.act];
        let first = act.first.filter(|_| act.kind == SectionKind::Chorus && !shot.burst)?;
        let offset = shot.from - act.from;
        self.shots.iter().position(|other| {
            other.act == first && !other.burst && other.from - self.acts[first].from == offset
        })
    }

    /// Whether another scene at this place keeps the template's longest run.
    fn may_stay(&self, before: &[Scene], place: Place) -> bool {
        let run = before.iter().rev().take_while(|scene| scene.place == place).count();
        run < self.template.cutting.same_place_run
    }

    /// The closing picture returns to the opening's place: the scenes before it must not use that up.
    fn crowds_the_end(&self, number: usize, place: Place) -> bool {
        place == self.opening && number + 2 >= self.shots.len() && self.places_suiting(number).len() > 1
    }

    fn places_suiting(&self, number: usize) -> Vec<&PlaceChoice> {
        let kind = self.acts[self.shots[number].act].kind;
        suiting(self.template, kind)
    }

    fn choose(&self, number: usize, before: &[Scene]) -> Place {
        let shot = self.shots[number];
        let act = &self.acts[shot.act];
        let home = self.homes[shot.act];
        let chorus_home = self.acts.iter().position(|act| act.kind == SectionKind::Chorus);
        let reserved = chorus_home.map(|act| self.homes[act]).filter(|_| act.kind != SectionKind::Chorus);
        if shot.index == 0 && self.may_stay(before, home) && !self.crowds_the_end(number, home) {
            return home;
        }
        let mut uses: BTreeMap<Place, f64> = BTreeMap::new();
        for scene in before {
            *uses.entry(scene.place).or_default() += 1.0;
        }
        let previous = before.last().map(|scene| scene.place);
        let weight = |choice: &&PlaceChoice| {
            let place = choice.place;
            if !self.may_stay(before, place) || self.crowds_the_end(number, place) {
                return 0.0;
            }
            let fresh = 1.0 / (1.0 + 0.5 * uses.get(&place).copied().unwrap_or(0.0));
            let homely = if place == home { 2.5 } else { 1.0 };
            // Two looks at one place, then away: a burst shows something new with every cut.
            let stays = match previous == Some(place) {
                true if shot.burst => 0.05,
                true => 1.6,
                false => 1.0,
            };
            // The refrain's place is kept for the refrain.
            let kept = if reserved == Some(place) { 0.02 } else { 1.0 };
            choice.weight * fresh * homely * stays * kept
        };
        let mut chance = Chance::of(self.seed, "place", number);
        let mut choices = self.places_suiting(number);
        if choices.iter().all(|choice| weight(choice) <= 0.0) {
            choices = self.template.places.iter().collect();
        }
        let weights: Vec<f64> = choices.iter().map(weight).collect();
        if weights.iter().all(|weight| *weight <= 0.0) {
            // One place in the whole template: its own rule decided that.
            return choices[0].place;
        }
        choices[chance.weighted(weights.iter().copied())].place
    }

    pub(crate) fn hour(&self, number: usize) -> TimeOfDay {
        self.hours[self.shots[number].act]
    }

    pub(crate) fn weather(&self, number: usize, place: Place) -> Weather {
        match place {
            Place::Space | Place::Underwater => Weather::Clear,
            _ => self.weathers[self.shots[number].act],
        }
    }

    /// The light of a scene: steady through one visit to a place, never hiding a face that fills the picture.
    pub(crate) fn lighting(&self, number: usize, place: Place, framing: Framing, faces: bool) -> Lighting {
        let hour = self.hour(number);
        let words = self.template.lighting.get(&hour).map_or(&[Lighting::Natural][..], Vec::as_slice);
        let mut lights = Chance::of(self.seed, "light", place as usize).shuffled(words);
        // A section that returns has another light.
        let act = &self.acts[self.shots[number].act];
        let step = (act.number as usize + act.kind as usize) % lights.len().max(1);
        lights.rotate_left(step);
        if place == Place::Stage {
            let dark = lights.first() == Some(&Lighting::Silhouette) && !(faces && shows_face(framing));
            return if dark { Lighting::Silhouette } else { Lighting::Spotlight };
        }
        let indoors = matches!(place, Place::Room | Place::Subway | Place::Tunnel);
        let fits = |light: &Lighting| match light {
            Lighting::Silhouette => !(faces && shows_face(framing)),
            Lighting::Spotlight => false,
            Lighting::Golden => {
                let hidden = matches!(self.weather(number, place), Weather::Rain | Weather::Snow);
                !hidden && !matches!(place, Place::Space | Place::Subway | Place::Tunnel)
            }
            Lighting::Neon => !matches!(
                place,
                Place::Forest | Place::Meadow | Place::Lake | Place::Shore | Place::Space | Place::Underwater
            ),
            Lighting::Candle => indoors || matches!(place, Place::Alley | Place::Rooftop | Place::Bridge),
            Lighting::Moonlight => place != Place::Tunnel && place != Place::Subway,
            Lighting::Natural => true,
        };
        let natural = match (hour, place) {
            (_, Place::Subway | Place::Tunnel) => Lighting::Neon,
            (TimeOfDay::Night, Place::Room) => Lighting::Candle,
            (TimeOfDay::Night, _) => Lighting::Moonlight,
            _ => Lighting::Natural,
        };
        lights.into_iter().find(fits).unwrap_or(natural)
    }
}

/// Framings that live from a face.
pub(crate) fn shows_face(framing: Framing) -> bool {
    matches!(framing, Framing::Medium | Framing::CloseUp)
}

fn suiting(template: &Template, kind: SectionKind) -> Vec<&PlaceChoice> {
    let suiting: Vec<_> = template.places.iter().filter(|choice| choice.suits(kind)).collect();
    if suiting.is_empty() { template.places.iter().collect() } else { suiting }
}

/// A place that can be shown from afar; interiors open a film only when there is nothing else.
fn opening(template: &Template, seed: u64) -> Place {
    let choices = suiting(template, SectionKind::Intro);
    let open = |place| !matches!(place, Place::Room | Place::Subway | Place::Tunnel | Place::Alley);
    let weights = choices.iter().map(|choice| choice.weight * if open(choice.place) { 1.0 } else { 0.001 });
    choices[Chance::of(seed, "opening", 0).weighted(weights)].place
}

/// A home for every kind of section, apart from one another as far as the template has places; verses share theirs,
/// choruses share theirs, the bridge goes where nobody lives, the end goes back to the beginning.
fn homes(template: &Template, acts: &[Act], opening: Place, seed: u64) -> Vec<Place> {
    let mut taken = vec![opening];
    let mut by_kind: BTreeMap<SectionKind, Place> = BTreeMap::new();
    by_kind.insert(SectionKind::Intro, opening);
    by_kind.insert(SectionKind::Outro, opening);
    let order = [
        SectionKind::Chorus,
        SectionKind::Verse,
        SectionKind::Bridge,
        SectionKind::PreChorus,
        SectionKind::Solo,
    ];
    for kind in order.into_iter().filter(|kind| acts.iter().any(|act| act.kind == *kind)) {
        let choices = suiting(template, kind);
        let weights = choices.iter().map(|choice| {
            let away = if taken.contains(&choice.place) { 0.001 } else { 1.0 };
            choice.weight * away
        });
        let home = choices[Chance::of(seed, "home", kind as usize).weighted(weights)].place;
        taken.push(home);
        by_kind.insert(kind, home);
    }
    acts.iter().map(|act| by_kind.get(&act.kind).copied().unwrap_or(opening)).collect()
}

fn hours(template: &Template, acts: &[Act], shares: &[f64]) -> Vec<TimeOfDay> {
    let scheduled = |share: f64| {
        let running = template.hours.iter().find(|hour| share < hour.until).or(template.hours.last());
        running.map_or(TimeOfDay::Day, |hour| hour.time)
    };
    let contrast = |now: TimeOfDay| {
        let distance = |time: TimeOfDay| (time as i32 - now as i32).abs();
        let times = template.hours.iter().map(|hour| hour.time);
        times.max_by_key(|time| distance(*time)).unwrap_or(now)
    };
    acts.iter()
        .zip(shares)
        .map(|(act, share)| match (act.kind, template.bridge.time) {
            (SectionKind::Bridge, Some(time)) => time,
            (SectionKind::Bridge, None) => contrast(scheduled(*share)),
            _ => scheduled(*share),
        })
        .collect()
}

fn weathers(template: &Template, acts: &[Act], seed: u64) -> Vec<Weather> {
    let mut weathers: Vec<Weather> = Vec::with_capacity(acts.len());
    for (index, act) in acts.iter().enumerate() {
        let mut chance = Chance::of(seed, "weather", index);
        let fits = |choice: &&crate::template::WeatherChoice| {
            choice.sections.is_empty() || choice.sections.contains(&act.kind)
        };
        let choices: Vec<_> = template.weathers.iter().filter(fits).collect();
        let running = weathers.last().copied();
        let goes_on = choices.iter().any(|choice| Some(choice.weather) == running) && chance.unit() < 0.6;
        let weather = match (act.kind, template.bridge.weather, running) {
            (SectionKind::Bridge, Some(weather), _) => weather,
            (_, _, Some(running)) if goes_on => running,
            _ => choices
                .get(chance.weighted(choices.iter().map(|choice| choice.weight)))
                .map_or(Weather::Clear, |choice| choice.weather),
        };
        weathers.push(weather);
    }
    weathers
}
