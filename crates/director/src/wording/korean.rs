//! Scenes in Korean, for people: a card's few words, and a storyboard's sentence in the plain style that Korean
//! storyboards are written in.

use mv_core::CastMember;
use mv_core::storyboard::Scene;
use mv_core::vocabulary::{Action, CameraMove, Place, TimeOfDay, Weather};

/// `옥상에서 춤추는 하린`; `밤의 옥상` where nobody is.
pub(super) fn title(scene: &Scene, people: &[&CastMember]) -> String {
    let place = place_name(scene.place);
    let who = match people {
        [] => return format!("{} {place}", hour_of(scene.time_of_day)),
        [one] => name(one).to_owned(),
        [one, two] => format!("{} {}", with(name(one), "과", "와"), name(two)),
        [one, others @ ..] => format!("{} 외 {}명", name(one), others.len()),
    };
    format!("{place}{} {who}", doing(scene))
}

/// Who is where, what happens, how the camera moves.
pub(super) fn description(scene: &Scene, people: &[&CastMember]) -> String {
    let (hour, place) = (hour(scene.time_of_day), place(scene.place));
    let air = weather(scene.place, scene.weather);
    let camera = camera(scene.camera, people.is_empty());
    let Some(names) = listed(people) else {
        return format!("{hour} {place}. 아무도 없다. {air}. {camera}.");
    };
    format!("{} {hour} {place}{}. {air}. {camera}.", with(&names, "이", "가"), acts(scene, people.len()))
}

/// `A`, `A와 B`, `A, B와 C`.
fn listed(people: &[&CastMember]) -> Option<String> {
    let names: Vec<&str> = people.iter().map(|one| name(one)).collect();
    let (last, first) = names.split_last()?;
    if first.is_empty() {
        return Some((*last).to_owned());
    }
    Some(format!("{} {last}", with(&first.join(", "), "과", "와")))
}

fn name(member: &CastMember) -> &str {
    if *member == CastMember::somebody() { "주인공" } else { &member.name }
}

/// The particle for a word that ends in a consonant, or the one for a vowel. Letters of other scripts go by how they are
/// mostly read.
fn with(word: &str, consonant: &str, vowel: &str) -> String {
    let last = word.trim_end_matches(|c: char| !c.is_alphanumeric()).chars().last();
    let closed = match last {
        Some(syllable @ '가'..='힣') => !(u32::from(syllable) - u32::from('가')).is_multiple_of(28),
        Some(digit @ '0'..='9') => matches!(digit, '0' | '1' | '3' | '6' | '7' | '8'),
        Some(letter) => matches!(letter.to_ascii_lowercase(), 'l' | 'm' | 'n' | 'p' | 'k' | 't' | 'b' | 'c'),
        None => false,
    };
    format!("{word}{}", if closed { consonant } else { vowel })
}

fn floats(scene: &Scene) -> bool {
    scene.action == Action::Stand && matches!(scene.place, Place::Space | Place::Underwater)
}

/// Follows a place's name and describes who comes after it.
fn doing(scene: &Scene) -> &'static str {
    match scene.action {
        Action::Stand if floats(scene) => "에 떠 있는",
        Action::Stand => "에 서 있는",
        Action::Walk => "에서 걷는",
        Action::Run => "에서 달리는",
        Action::Sit => "에 앉은",
        Action::Dance => "에서 춤추는",
        Action::Sing => "에서 노래하는",
        Action::LookUp => "에서 올려다보는",
        Action::PlayGuitar => "에서 기타 치는",
    }
}

/// Follows a place and ends the sentence.
fn acts(scene: &Scene, people: usize) -> &'static str {
    match (scene.action, people > 1) {
        (Action::Stand, _) if floats(scene) => "에 가만히 떠 있다",
        (Action::Stand, false) => "에 서 있다",
        (Action::Stand, true) => "에 나란히 서 있다",
        (Action::Walk, false) => "에서 걷는다",
        (Action::Walk, true) => "에서 나란히 걷는다",
        (Action::Run, false) => "에서 달린다",
        (Action::Run, true) => "에서 함께 달린다",
        (Action::Sit, false) => "에 앉아 있다",
        (Action::Sit, true) => "에 함께 앉아 있다",
        (Action::Dance, false) => "에서 춤춘다",
        (Action::Dance, true) => "에서 함께 춤춘다",
        (Action::Sing, false) => "에서 노래한다",
        (Action::Sing, true) => "에서 함께 노래한다",
        (Action::LookUp, _) => "에서 위를 올려다본다",
        (Action::PlayGuitar, _) => "에서 기타를 친다",
    }
}

fn place_name(place: Place) -> &'static str {
    match place {
        Place::Skyline => "강변",
        Place::Rooftop => "옥상",
        Place::Alley => "골목",
        Place::Crossing => "건널목",
        Place::Subway => "지하철",
        Place::Tunnel => "터널",
        Place::Bridge => "다리 위",
        Place::Stage => "무대",
        Place::Forest => "숲",
        Place::Meadow => "들판",
        Place::Shore => "바닷가",
        Place::DesertRoad => "사막 길",
        Place::Lake => "호숫가",
        Place::Room => "방",
        Place::Space => "우주",
        Place::Underwater => "물속",
    }
}

fn place(place: Place) -> &'static str {
    match place {
        Place::Skyline => "강 건너 도시가 보이는 강변",
        Place::Rooftop => "도시가 내려다보이는 옥상",
        Place::Alley => "간판이 늘어선 좁은 골목",
        Place::Crossing => "높은 건물 사이 넓은 건널목",
        Place::Subway => "지하철 안",
        Place::Tunnel => "불빛이 이어지는 터널 안",
        Place::Bridge => "강을 가로지르는 다리 위",
        Place::Stage => "관객 앞 무대 위",
        Place::Forest => "숲속 빈터",
        Place::Meadow => "풀이 물결치는 들판",
        Place::Shore => "파도가 닿는 바닷가",
        Place::DesertRoad => "텅 빈 사막 길",
        Place::Lake => "산속 호숫가",
        Place::Room => "창이 있는 방 안",
        Place::Space => "행성이 내려다보이는 우주",
        Place::Underwater => "빛이 스미는 물속",
    }
}

/// Before a noun.
fn hour_of(hour: TimeOfDay) -> &'static str {
    match hour {
        TimeOfDay::Dawn => "새벽의",
        TimeOfDay::Day => "한낮의",
        TimeOfDay::GoldenHour => "해 질 무렵의",
        TimeOfDay::Dusk => "어스름한",
        TimeOfDay::Night => "밤의",
    }
}

/// As the beginning of what happens.
fn hour(hour: TimeOfDay) -> &'static str {
    match hour {
        TimeOfDay::Dawn => "새벽,",
        TimeOfDay::Day => "한낮,",
        TimeOfDay::GoldenHour => "해 질 무렵,",
        TimeOfDay::Dusk => "어스름 녘,",
        TimeOfDay::Night => "밤,",
    }
}

/// The weather as it is felt at a place: inside, it is what the window shows.
fn weather(place: Place, weather: Weather) -> &'static str {
    match (place, weather) {
        (Place::Space, _) => "별빛이 고요하다",
        (Place::Underwater, _) => "빛줄기가 일렁인다",
        (Place::Room | Place::Subway, Weather::Rain) => "창으로 빗물이 흐른다",
        (Place::Room | Place::Subway, Weather::Snow) => "창밖에 눈이 내린다",
        (Place::Room | Place::Subway, Weather::Fog) => "창밖에 안개가 짙다",
        (Place::Room | Place::Subway, Weather::Wind) => "바람에 창이 흔들린다",
        (Place::Tunnel, Weather::Rain) => "젖은 바닥에 불빛이 번진다",
        (_, Weather::Clear) => "공기가 맑다",
        (_, Weather::Cloudy) => "구름이 낮게 깔려 있다",
        (_, Weather::Rain) => "비가 내린다",
        (_, Weather::Snow) => "눈이 내린다",
        (_, Weather::Fog) => "안개가 자욱하다",
        (_, Weather::Wind) => "바람이 분다",
    }
}

fn camera(camera: CameraMove, empty: bool) -> &'static str {
    match camera {
        CameraMove::Static => "카메라는 멈춰 있다",
        CameraMove::PushIn => "카메라가 천천히 다가간다",
        CameraMove::PullOut => "카메라가 천천히 물러난다",
        CameraMove::PanLeft => "카메라가 왼쪽으로 돈다",
        CameraMove::PanRight => "카메라가 오른쪽으로 돈다",
        CameraMove::TiltUp => "카메라가 위를 훑는다",
        CameraMove::TiltDown => "카메라가 아래를 훑는다",
        CameraMove::TrackLeft if empty => "카메라가 왼쪽으로 흐른다",
        CameraMove::TrackLeft => "카메라가 왼쪽으로 따라간다",
        CameraMove::TrackRight if empty => "카메라가 오른쪽으로 흐른다",
        CameraMove::TrackRight => "카메라가 오른쪽으로 따라간다",
        CameraMove::Orbit => "카메라가 둘레를 돈다",
        CameraMove::CraneUp => "카메라가 위로 솟아오른다",
        CameraMove::Handheld => "카메라가 걸음처럼 흔들린다",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mv_core::Seconds;
    use mv_core::storyboard::Transition;
    use mv_core::vocabulary::{Framing, Lighting, SectionKind};

    fn person(name: &str) -> CastMember {
        CastMember {
            id: CastMember::id_of(name),
            name: name.into(),
            description: String::new(),
            photos: vec![],
            character: None,
        }
    }

    fn scene(place: Place, action: Action) -> Scene {
        Scene {
            start: Seconds::ZERO,
            transition: Transition::CUT,
            section: SectionKind::Verse,
            section_number: 1,
            title: String::new(),
            description: String::new(),
            cast: vec![],
            place,
            time_of_day: TimeOfDay::Night,
            weather: Weather::Rain,
            lighting: Lighting::Neon,
            framing: Framing::Wide,
            camera: CameraMove::PushIn,
            action,
            intensity: 0.5,
            image_prompt: String::new(),
            motion_prompt: String::new(),
            lyric: None,
            seed: 1,
            rhymes_with: None,
            footage: None,
            still: None,
            clip_take: 0,
            motion: None,
        }
    }

    #[test]
    fn scenes_read_like_korean() {
        let (harin, dojun, mina) = (person("하린"), person("도준"), person("미나"));
        let dance = scene(Place::Rooftop, Action::Dance);
        assert_eq!(title(&dance, &[&harin]), "옥상에서 춤추는 하린");
        assert_eq!(title(&dance, &[&harin, &mina]), "옥상에서 춤추는 하린과 미나");
        assert_eq!(title(&dance, &[&mina, &harin, &dojun]), "옥상에서 춤추는 미나 외 2명");
        assert_eq!(title(&dance, &[]), "밤의 옥상");
        assert_eq!(
            title(&scene(Place::Space, Action::Stand), &[&CastMember::somebody()]),
            "우주에 떠 있는 주인공"
        );
        assert_eq!(
            description(&dance, &[&mina, &dojun]),
            "미나와 도준이 밤, 도시가 내려다보이는 옥상에서 함께 춤춘다. 비가 내린다. 카메라가 천천히 다가간다."
        );
        assert_eq!(
            description(&scene(Place::Subway, Action::Sit), &[]),
            "밤, 지하철 안. 아무도 없다. 창으로 빗물이 흐른다. 카메라가 천천히 다가간다."
        );
    }

    #[test]
    fn particles_follow_the_sound() {
        let said = |word: &str| with(word, "이", "가");
        assert_eq!(
            ["하린", "미나", "Harin", "Mina", "루이 3", "팀 2"].map(said),
            ["하린이", "미나가", "Harin이", "Mina가", "루이 3이", "팀 2가"]
        );
    }
}
