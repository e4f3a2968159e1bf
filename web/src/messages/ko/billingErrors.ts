// Refusals that only the pages of plans and payments meet.
export const billingErrors = {
  codes: {
    payments_off: { title: "이 서버에서는 결제할 것이 없어요", hint: "요금제와 크레딧은 서버 운영자에게 요청하세요." },
    payments_broken: {
      title: "지금은 결제할 수 없어요",
      hint: "낸 돈은 없어요. 계속되면 서버 운영자에게 알려 주세요.",
    },
    payment_declined: { title: "카드 결제가 거절됐어요", hint: "바뀐 것은 없어요. 다른 카드로 다시 시도하세요." },
    not_sold: { title: "여기서는 팔지 않는 상품이에요", hint: "요금제 화면에서 다른 것을 고르세요." },
    already_subscribed: { title: "이미 요금제를 쓰고 있어요", hint: "요금제 화면에서 바꿀 수 있어요." },
    same_plan: { title: "지금 쓰고 있는 요금제예요", hint: "다른 요금제나 결제 주기를 고르세요." },
    no_subscription: { title: "지금 결제하는 요금제가 없어요", hint: "요금제 화면에서 먼저 고르세요." },
  },
};
