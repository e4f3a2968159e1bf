// What changing many scenes of the board at once does, and having them written.
export const rewriting = {
  writeText: "가사와 노래의 흐름을 읽고 장면의 글을 써요. 규칙에 맞지 않는 글은 쓰지 않아요.",
  writeWhich: "어느 장면",
  writeChosen: (p: { count: number }) => `고른 ${p.count}장면`,
  writeAll: (p: { count: number }) => `모두 ${p.count}장면`,
  writeSome: (p: { count: number }) => `${p.count}장면 쓰기`,
  writeFor: (p: { count: number; price: string }) => `${p.count}장면을 ${p.price}로 쓰기`,
  writeKeeps: "잠긴 장면은 그대로 두고, 이전 글은 버전으로 남아요.",
  writeStale: (p: { count: number }) => `그림이 있는 ${p.count}장면은 글이 바뀌면 다시 만들어야 해요.`,
  staleTitle: (p: { count: number }) => `그림 ${p.count}장을 다시 만들어야 해요`,
  staleCosts: (p: { cost: string; time: string }) =>
    `바꾸면 지금 그림이 장면과 맞지 않게 돼요. 모두 다시 만드는 데 ${p.cost}, 약 ${p.time} 들어요. 지금은 아무것도 쓰지 않아요.`,
  staleFree: (p: { time: string }) =>
    `바꾸면 지금 그림이 장면과 맞지 않게 돼요. 모두 다시 만드는 데 비용은 들지 않고 약 ${p.time} 걸려요.`,
  staleGoOn: (p: { count: number }) => `${p.count}장면 바꾸기`,
};
