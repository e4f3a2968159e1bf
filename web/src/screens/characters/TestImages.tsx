import { Check, RefreshCw } from "lucide-react";
import { asProblem, Problem } from "@/api/problem";
import { characters } from "@/messages/characters";
import { cn } from "@/ui/cn";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Bar } from "@/ui/Progress";
import { Skeleton } from "@/ui/Skeleton";
import type { Character } from "./character";

interface TestImagesProps {
  readonly character: Character;
  readonly picked: ReadonlySet<number>;
  readonly onPick: (index: number) => void;
  readonly onRetry: () => void;
}

export function TestImages({ character, picked, onPick, onRetry }: TestImagesProps) {
  const drawing = character.status === "processing";
  const failed = character.status === "failed";
  return (
    <section aria-labelledby="tests">
      <h2 id="tests" className="font-semibold text-base">
        {characters.tests}
      </h2>
      <p className="mb-3 text-fg-3 text-xs">{drawing ? characters.drawingHint : characters.testsHint}</p>
      {failed && (
        <ErrorPanel
          error={asProblem(
            new Problem({
              code: "screen_test_failed",
              status: 0,
              detail: characters.failedTitle,
              hint: character.error_message,
            }),
          )}
          onRetry={onRetry}
        />
      )}
      {drawing && (
        <div role="status" className="mb-3 flex items-center gap-3 text-fg-2">
          <Bar value={null} label={characters.drawing} className="w-40" />
          {characters.drawing}
        </div>
      )}
      <div className="grid gap-3 sm:grid-cols-2">
        {drawing && character.test_images.length === 0
          ? ["a", "b", "c", "d"].map((key) => <Skeleton key={key} className="aspect-video rounded-lg" />)
          : character.test_images.map((address, index) => {
              const chosen = picked.has(index);
              return (
                <button
                  key={address}
                  type="button"
                  aria-pressed={chosen}
                  aria-label={`${characters.test({ number: index + 1 })} · ${characters.redraw}`}
                  disabled={drawing}
                  onClick={() => onPick(index)}
                  className={cn(
                    "group relative overflow-hidden rounded-lg ring-line",
                    chosen && "outline-2 outline-ember outline-offset-2",
                  )}
                >
                  <img
                    src={address}
                    alt=""
                    className={cn("aspect-video w-full object-cover", drawing && "opacity-50")}
                  />
                  <span
                    className={cn(
                      "absolute top-2 right-2 flex size-7 items-center justify-center rounded-full bg-[oklch(0.1_0.01_290/0.7)] text-white opacity-0 transition-opacity duration-[120ms] group-hover:opacity-100 group-focus-visible:opacity-100",
                      chosen && "bg-ember text-on-ember opacity-100",
                    )}
                  >
                    {chosen ? <Check aria-hidden className="size-4" /> : <RefreshCw aria-hidden className="size-4" />}
                  </span>
                </button>
              );
            })}
      </div>
    </section>
  );
}
