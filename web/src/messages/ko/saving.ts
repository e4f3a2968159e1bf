export const saving = {
  offlineKept: "오프라인 · 변경은 이 브라우저에 남아 있어요",
  refusedTitle: "변경을 저장하지 못했어요",
  takenBack: "화면을 저장된 상태로 되돌렸어요.",
  redo: "다시 하기",
};
