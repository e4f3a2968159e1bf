import { AudioLines, Clapperboard, LayoutGrid, UserRound } from "lucide-react";
import { landing } from "@/messages/landing";

export function Steps() {
  const { steps } = landing;
  const list = [
    { icon: AudioLines, title: steps.hear, text: steps.hearText, hue: "var(--color-section-intro)" },
    { icon: UserRound, title: steps.cast, text: steps.castText, hue: "var(--color-section-bridge)" },
    { icon: LayoutGrid, title: steps.board, text: steps.boardText, hue: "var(--color-section-pre-chorus)" },
    { icon: Clapperboard, title: steps.finish, text: steps.finishText, hue: "var(--color-section-chorus)" },
  ];
  return (
    <section aria-labelledby="steps" className="mx-auto max-w-5xl px-4 py-10 sm:px-6">
      <h2 id="steps" className="mb-5 font-semibold text-xl">
        {landing.stepsTitle}
      </h2>
      <ol className="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
        {list.map(({ icon: Icon, title, text, hue }, index) => (
          <li key={title} className="rounded-xl bg-panel p-5 ring-line">
            <span className="flex items-center gap-2" style={{ color: hue }}>
              <Icon aria-hidden className="size-5" />
              <span className="tnum font-semibold text-xs">{index + 1}</span>
            </span>
            <h3 className="mt-3 font-semibold text-base">{title}</h3>
            <p className="mt-1 text-fg-2">{text}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}
