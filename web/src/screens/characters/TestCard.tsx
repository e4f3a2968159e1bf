import { useMutation } from "@tanstack/react-query";
import { Check, ScanFace, X } from "lucide-react";
import { useState } from "react";
import { api } from "@/api/client";
import { BUILT_IN, useModelName } from "@/buying/models";
import { formatPercent } from "@/i18n/format";
import { characters } from "@/messages/characters";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { cn } from "@/ui/cn";
import { ErrorPanel } from "@/ui/ErrorPanel";
import type { Character, TestPicture } from "./character";
import { type Flaw, RejectForm, type Remark } from "./RejectForm";

interface TestCardProps {
  readonly character: string;
  readonly test: TestPicture;
  readonly drawing: boolean;
  readonly onJudged: (character: Character) => void;
  /** Another take came in its place. */
  readonly onStale: () => void;
}

/** Below this, a face is hardly taken for the same person. */
const LIKE = 0.5;

interface Verdict {
  readonly verdict: "approved" | "rejected" | null;
  readonly remark?: Remark;
}

export function TestCard({ character, test, drawing, onJudged, onStale }: TestCardProps) {
  const modelName = useModelName();
  const [rejecting, setRejecting] = useState(false);
  const judge = useMutation({
    mutationFn: async ({ verdict, remark }: Verdict) =>
      (
        await api.PUT("/api/characters/{id}/test-images/{number}", {
          params: { path: { id: character, number: test.number } },
          body: { verdict, reason: remark?.reason, note: remark?.note || undefined, take: test.take },
        })
      ).data,
    onSuccess: (answer) => {
      setRejecting(false);
      if (answer) onJudged(answer.character);
    },
    onError: onStale,
  });
  const place = characters.settings[test.number as keyof typeof characters.settings];
  const name = characters.test({ number: test.number + 1 });
  const rejected = test.verdict === "rejected";
  const approved = test.verdict === "approved";
  return (
    <li
      className={cn(
        "flex flex-col overflow-hidden rounded-xl bg-panel ring-line",
        approved && "shadow-[inset_0_0_0_1px_color-mix(in_oklch,var(--color-ok)_45%,transparent)]",
      )}
    >
      <img
        src={test.url}
        alt={`${name}: ${place}`}
        className={cn("aspect-video w-full object-cover transition-opacity", (drawing || rejected) && "opacity-55")}
      />
      <div className="flex flex-1 flex-col gap-2.5 p-3">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <p className="mr-auto font-medium text-sm">
            {place}
            <span className="ml-2 font-normal text-fg-3 text-xs">
              {[
                test.take > 1 && characters.take({ number: test.take }),
                test.model === BUILT_IN ? characters.drawnHere : modelName(test.model),
              ]
                .filter(Boolean)
                .join(" · ")}
            </span>
          </p>
          {test.likeness != null && (
            <Badge tone={test.likeness >= LIKE ? "ok" : "warn"} icon={<ScanFace aria-hidden />}>
              {characters.likeness({ share: formatPercent(test.likeness) })}
            </Badge>
          )}
        </div>
        {rejected && !rejecting && (
          <p className="flex items-start gap-1.5 text-fg-2 text-xs">
            <X aria-hidden className="mt-0.5 size-3.5 shrink-0 text-danger" />
            <span>
              {characters.wrong({
                what: test.reason ? characters.flaws[test.reason as Flaw] : characters.flaws.other,
              })}
              {test.note && <span className="block text-fg-3">“{test.note}”</span>}
            </span>
          </p>
        )}
        {rejecting ? (
          <RejectForm
            name={name}
            before={rejected ? { reason: test.reason as Flaw, note: test.note ?? "" } : null}
            busy={judge.isPending}
            onCancel={() => setRejecting(false)}
            onReject={(remark) => judge.mutate({ verdict: "rejected", remark })}
          />
        ) : (
          <div className="mt-auto flex gap-2">
            <Button
              aria-pressed={approved}
              aria-label={`${characters.right}, ${name}`}
              disabled={drawing}
              busy={judge.isPending && judge.variables?.verdict === "approved"}
              className={cn("flex-1", approved && "bg-ok/14 text-ok")}
              icon={<Check aria-hidden className="size-4" />}
              onClick={() => judge.mutate({ verdict: approved ? null : "approved" })}
            >
              {characters.right}
            </Button>
            <Button
              aria-pressed={rejected}
              aria-label={`${rejected ? characters.changeReason : characters.notRight}, ${name}`}
              disabled={drawing}
              className={cn("flex-1", rejected && "bg-danger/14 text-danger")}
              icon={<X aria-hidden className="size-4" />}
              onClick={() => setRejecting(true)}
            >
              {rejected ? characters.changeReason : characters.notRight}
            </Button>
          </div>
        )}
        {judge.isError && <ErrorPanel compact error={judge.error} />}
      </div>
    </li>
  );
}
