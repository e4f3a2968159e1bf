export const landing = {
  title: "노래 한 곡이 뮤직비디오가 되는 곳",
  text: "박자와 구간을 듣고, 캐릭터를 지키며, 장면을 박자에 맞춰 이어 드려요.",
  start: "무료로 시작하기",
};
