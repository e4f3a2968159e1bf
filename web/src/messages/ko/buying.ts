import { particle } from "@/i18n/particles";

// What is bought beside a film: by whom, for how much, how far it is.
export const buying = {
  free: "무료",
  noModels: "지금 쓸 수 있는 AI 모델이 없어요.",
  giveKey: "서비스 키 넣기",
  sentTo: (p: { service: string }) => `필요한 내용만 ${particle(p.service, "으로")} 보내요.`,
  perImage: (p: { price: string }) => `장당 ${p.price}`,
  perSecond: (p: { price: string }) => `초당 ${p.price}`,
  perClip: (p: { price: string }) => `개당 ${p.price}`,
  perTokens: (p: { price: string }) => `토큰 100만 개에 ${p.price}`,
  total: "합계",
  pricing: "가격을 계산하는 중이에요",
  atMost: "이 금액을 넘지 않아요. 실패하면 돌려드려요.",
  changed: "가격이 바뀌어 새로 계산했어요. 아직 아무것도 쓰지 않았어요. 다시 확인하세요.",
  offline: "오프라인에서는 주문할 수 없어요.",
  textModel: "글을 쓸 모델",
  editModel: "그림을 고칠 모델",
  listenModel: "노래를 들을 모델",
  goesOn: "창을 닫아도 계속해요.",
  stop: "멈추기",
};
