//! The words that made-up songs are written with: how each is spelled, and the Hangul syllables it is sung as.

/// A spelling and its sung syllables.
pub(super) type Word = (&'static str, &'static str);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Korean,
    English,
    Japanese,
    /// Korean with English words in between, as pop has it.
    Mixed,
}

impl Language {
    pub(super) fn words(self) -> Vec<Word> {
        match self {
            Self::Korean => KOREAN.to_vec(),
            Self::English => ENGLISH.to_vec(),
            Self::Japanese => JAPANESE.to_vec(),
            Self::Mixed => [KOREAN, ENGLISH].concat(),
        }
    }
}

const KOREAN: &[Word] = &[
    ("바람이", "바라미"),
    ("불어와", "부러와"),
    ("나는", "나는"),
    ("너를", "너를"),
    ("다시", "다시"),
    ("찾아가", "차자가"),
    ("밤하늘", "밤하늘"),
    ("별처럼", "별처럼"),
    ("빛나던", "빈나던"),
    ("우리의", "우리에"),
    ("시간은", "시가는"),
    ("멈추고", "멈추고"),
    ("그대", "그대"),
    ("곁에", "겨테"),
    ("남아", "나마"),
    ("노래해", "노래해"),
    ("파도", "파도"),
    ("소리에", "소리에"),
    ("눈을", "누늘"),
    ("감으면", "가므면"),
    ("꿈", "꿈"),
    ("속으로", "소그로"),
    ("걸어가", "거러가"),
    ("이", "이"),
    ("길의", "기레"),
    ("끝에서", "끄테서"),
    ("기다릴게", "기다릴게"),
    ("조용히", "조용히"),
    ("흘러가는", "흘러가는"),
    ("구름", "구름"),
    ("아래", "아래"),
    ("잊지", "이찌"),
    ("마", "마"),
];

const ENGLISH: &[Word] = &[
    ("I", "아"),
    ("can", "캔"),
    ("feel", "필"),
    ("the", "더"),
    ("summer", "서머"),
    ("rain", "레"),
    ("falling", "폴링"),
    ("down", "다"),
    ("tonight", "투나"),
    ("you", "유"),
    ("are", "아"),
    ("my", "마"),
    ("shining", "샤닝"),
    ("star", "스타"),
    ("hold", "호"),
    ("me", "미"),
    ("closer", "클로저"),
    ("every", "에브리"),
    ("memory", "메모리"),
    ("never", "네버"),
    ("fades", "페"),
    ("away", "어웨"),
    ("hear", "히"),
    ("radio", "레디오"),
    ("whisper", "위스퍼"),
    ("midnight", "밋나"),
    ("dancing", "댄싱"),
    ("in", "인"),
    ("yesterday", "예스터데"),
    ("breathe", "브리"),
    ("tomorrow", "투마로"),
    ("sky", "카"),
    ("beautiful", "뷰티풀"),
    ("little", "리틀"),
];

const JAPANESE: &[Word] = &[
    ("よるの", "요루노"),
    ("うみを", "우미오"),
    ("あるいて", "아루이테"),
    ("ゆく", "유쿠"),
    ("きみの", "키미노"),
    ("こえが", "코에가"),
    ("きこえる", "키코에루"),
    ("まちの", "마치노"),
    ("ひかり", "히카리"),
    ("とおく", "토오쿠"),
    ("ゆれて", "유레테"),
    ("いまも", "이마모"),
    ("わすれない", "와스레나이"),
    ("なつの", "나츠노"),
    ("そらに", "소라니"),
    ("うたう", "우타우"),
    ("サイン", "사이은"),
    ("メロディ", "메로디"),
    ("しずかな", "시즈카나"),
    ("かぜと", "카제토"),
];
