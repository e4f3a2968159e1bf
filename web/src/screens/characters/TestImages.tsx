import { FailureNote } from "@/buying/FailureNote";
import { characters } from "@/messages/characters";
import { Bar } from "@/ui/Progress";
import { Skeleton } from "@/ui/Skeleton";
import type { Character } from "./character";
import { TestCard } from "./TestCard";

interface TestImagesProps {
  readonly character: Character;
  readonly onRetry: () => void;
  readonly onJudged: (character: Character) => void;
  readonly onStale: () => void;
}

/** The pictures in four settings; what is said of each becomes a part of the next one's prompt. */
export function TestImages({ character, onRetry, onJudged, onStale }: TestImagesProps) {
  const drawing = character.status === "processing";
  return (
    <section aria-labelledby="tests">
      <h2 id="tests" className="font-semibold text-base">
        {characters.tests}
      </h2>
      <p className="mb-3 text-fg-3 text-xs">{drawing ? characters.drawingHint : characters.testsHint}</p>
      {character.status === "failed" && (
        <FailureNote
          failure={{ code: character.error_code, message: character.error_message }}
          otherwise={{ code: "screen_test_failed", title: characters.failedTitle }}
          onRetry={onRetry}
        />
      )}
      {drawing && (
        <div role="status" className="mb-3 flex items-center gap-3 text-fg-2">
          <Bar value={null} label={characters.drawing} className="w-40" />
          {characters.drawing}
        </div>
      )}
      <ul className="grid items-start gap-4 sm:grid-cols-2">
        {drawing && character.tests.length === 0
          ? ["a", "b", "c", "d"].map((key) => (
              <li key={key}>
                <Skeleton className="aspect-video rounded-lg" />
              </li>
            ))
          : character.tests.map((test) => (
              <TestCard
                key={`${test.number} ${test.take}`}
                character={character.id}
                test={test}
                drawing={drawing}
                onJudged={onJudged}
                onStale={onStale}
              />
            ))}
      </ul>
    </section>
  );
}
