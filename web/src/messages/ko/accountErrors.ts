// Refusals that only the pages of signing in and of the account meet.
export const accountErrors = {
  codes: {
    wrong_login: { title: "이메일이나 비밀번호가 맞지 않아요", hint: "" },
    email_not_verified: {
      title: "이메일 확인이 아직 끝나지 않았어요",
      hint: "받은 메일의 버튼을 누르거나, 확인 메일을 다시 받으세요.",
    },
    email_taken: { title: "이미 가입한 이메일이에요", hint: "로그인하거나 비밀번호를 다시 정하세요." },
    sign_up_closed: { title: "지금은 새로 가입할 수 없어요", hint: "관리자에게 계정을 요청하세요." },
    challenge_invalid: { title: "확인 시간이 지났어요", hint: "처음부터 다시 로그인하세요." },
    wrong_code: { title: "코드가 맞지 않아요", hint: "인증 앱에 지금 보이는 여섯 자리 숫자를 넣으세요." },
    last_way_in: { title: "하나뿐인 로그인 방법이라 지울 수 없어요", hint: "먼저 비밀번호를 정하세요." },
    mfa_on: { title: "2단계 인증이 이미 켜져 있어요", hint: "" },
    mfa_off: { title: "2단계 인증이 꺼져 있어요", hint: "" },
    mfa_not_set_up: { title: "2단계 인증 준비를 먼저 하세요", hint: "" },
    link_unknown: {
      title: "이 서버에서 보낸 링크가 아니에요",
      hint: "메일에 있는 링크를 다시 열거나, 설정에서 받을 메일을 고르세요.",
    },
    too_many_endpoints: { title: "웹훅 주소가 너무 많아요", hint: "쓰지 않는 주소를 지우세요." },
    endpoint_off: { title: "꺼 둔 주소예요", hint: "먼저 켜세요. 꺼 둔 동안의 메시지는 보내지 않아요." },
    too_many_keys: { title: "API 키가 너무 많아요", hint: "쓰지 않는 키를 없애세요." },
  },
};
