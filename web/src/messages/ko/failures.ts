// What only services and scenes do wrong, by the server's code of it.
const service = {
  title: "AI 서비스가 여러 번 응답하지 않았어요",
  hint: "쓰지 않은 금액은 돌려드렸어요. 조금 뒤에 다시 시도하거나 다른 모델을 고르세요.",
};
const key = {
  title: "AI 서비스가 키를 받아 주지 않았어요",
  hint: "설정에서 키와 그 계정의 잔액을 확인하세요.",
};
const scene = {
  title: "이 모델로는 만들 수 없는 장면이 있어요",
  hint: "장면을 고치거나 다른 모델을 고르세요.",
};

export const failures = {
  codes: {
    refused: {
      title: "AI 서비스가 그리지 않겠다고 한 장면이 있어요",
      hint: "그 장면의 문구를 바꾼 뒤 다시 시도하세요.",
    },
    invalid_request: scene,
    cannot_make: scene,
    auth: key,
    quota_exhausted: key,
    service_rate_limited: service,
    service_timeout: service,
    service_unavailable: service,
    service_failed: service,
    bad_response: service,
    result_gone: {
      title: "AI 서비스가 만든 것을 잃어버렸어요",
      hint: "다시 만들어 주세요. 청구된 금액은 그 서비스에 환불을 요청할 수 있어요.",
    },
    unsettled: {
      title: "AI 서비스가 작업을 받았는지 확실하지 않아요",
      hint: "두 번 결제되지 않도록, 확인이 끝날 때까지 멈췄어요.",
    },
    making_failed: { title: "영상을 이어 붙이지 못했어요", hint: "만든 장면은 남아 있어요. 다시 시도하세요." },
  },
};
