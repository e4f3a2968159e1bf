// Letting others into a project.
import { particle } from "@/i18n/particles";

export const people = {
  title: "함께 만들기",
  text: "초대한 사람의 프로젝트 목록에 바로 나타나요.",
  email: "초대할 사람의 이메일",
  emailHint: "이 서버에 가입한 이메일이어야 해요.",
  role: "할 수 있는 일",
  roles: { editor: "편집", viewer: "보기" },
  roleHint: {
    editor: "장면을 고치고 영상을 만들 수 있어요.",
    viewer: "보고 댓글을 남길 수 있어요.",
  },
  invite: "초대하기",
  invited: (p: { name: string }) => `${particle(p.name, "을")} 초대했어요.`,
  nobody: "이 이메일로 가입한 다른 사람이 없어요. 먼저 가입해 달라고 알려 주세요.",
  list: "함께하는 사람",
  owner: "주인",
  me: "나",
  alone: "아직 혼자예요.",
  roleOf: (p: { name: string }) => `${p.name}: 할 수 있는 일`,
  remove: "내보내기",
  removeOf: (p: { name: string }) => `${p.name} 내보내기`,
  removeTitle: (p: { name: string }) => `${particle(p.name, "을")} 내보낼까요?`,
  removeText: "이 프로젝트를 더는 볼 수 없어요. 남긴 댓글과 고친 내용은 그대로 있어요.",
  removed: (p: { name: string }) => `${particle(p.name, "을")} 내보냈어요.`,
  changed: "할 수 있는 일을 바꿨어요.",
  leave: "프로젝트에서 나가기",
  leaveTitle: "이 프로젝트에서 나갈까요?",
  leaveText: "다시 들어오려면 프로젝트 주인이 초대해야 해요.",
  left: "프로젝트에서 나왔어요.",
  fromShare: "함께 고칠 사람이 있나요?",
};
