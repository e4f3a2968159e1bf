import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Clock3, Film, Image as ImageIcon, Info, RefreshCw, ShieldCheck, Sparkles } from "lucide-react";
import { type ReactNode, useState } from "react";
import { api, type Schemas } from "@/api/client";
import { asProblem } from "@/api/problem";
import { CreditNote } from "@/buying/CreditNote";
import { budgetAfter } from "@/engine/price";
import { useOnline } from "@/frame/OfflineBar";
import { formatLength, formatUsd } from "@/i18n/format";
import { common } from "@/messages/common";
import { cost } from "@/messages/cost";
import { studio } from "@/messages/studio";
import { projectQuery } from "@/project/project";
import { Button } from "@/ui/Button";
import { cn } from "@/ui/cn";
import { Dialog } from "@/ui/Dialog";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Loading, Skeleton } from "@/ui/Skeleton";
import { useSaveStatus, useScenes, useStudio } from "../context";
import { type Scene, stateOf } from "../scene";
import { useThumb } from "../use-thumb";
import { BudgetBar } from "./BudgetBar";
import { BudgetField } from "./BudgetField";
import { FilmSettings } from "./FilmSettings";
import { type FilmOrder, orderBody, usualOrder } from "./film-order";
import { jobsQuery } from "./use-order";
import { useQuote } from "./use-quote";

interface CostDialogProps {
  readonly onClose: () => void;
  readonly last: Schemas["VideoJobView"] | null;
}

/** Refusals that mean: what was quoted is not what would be ordered. Nothing is spent then. */
const OUTDATED = new Set(["quote_expired", "quote_differs", "quote_outdated", "price_changed"]);
const THUMBS = 7;

/** Before a film is made: what, in which quality, for how much, within what budget. The button repeats the price. */
export function CostDialog({ onClose, last }: CostDialogProps) {
  const { session, project } = useStudio();
  const queries = useQueryClient();
  const online = useOnline();
  const saving = useSaveStatus().state !== "saved";
  const scenes = useScenes();
  const rest = scenes.filter((scene) => stateOf(scene) !== "ready");
  const [settings, setSettings] = useState<FilmOrder>(() => usualOrder(last, session.view.getState().aspect));
  const [changed, setChanged] = useState(false);
  const { quote, error, asking, again, left } = useQuote(project.id, settings, online && !saving);
  const budget = budgetAfter(project.total_cost_usd, quote?.total_usd ?? 0, project.budget_usd ?? null);

  const order = useMutation({
    mutationFn: () =>
      api.POST("/api/projects/{id}/generate-video", {
        params: { path: { id: project.id } },
        body: { config: orderBody(settings), quote_id: quote?.id },
      }),
    onSuccess: async () => {
      onClose();
      await Promise.all([
        queries.invalidateQueries({ queryKey: jobsQuery(project.id).queryKey }),
        queries.invalidateQueries({ queryKey: projectQuery(project.id).queryKey }),
      ]);
    },
    onError: (refusal) => {
      if (!OUTDATED.has(asProblem(refusal).code)) return;
      setChanged(true);
      again();
    },
  });
  const refused = order.error && !OUTDATED.has(asProblem(order.error).code) ? order.error : null;
  const title = rest.length > 0 ? cost.title({ count: rest.length }) : cost.titleAll;
  const usd = quote?.total_usd ?? 0;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={title}
      description={cost.check}
      footer={
        <>
          <Button tone="quiet" size="lg" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button
            tone="main"
            size="lg"
            disabled={!quote || asking || !online || saving || budget.missing > 0 || left === 0}
            busy={order.isPending}
            icon={<Sparkles aria-hidden className="size-4" />}
            onClick={() => order.mutate()}
          >
            {asking || !quote ? cost.pricing : usd > 0 ? cost.confirm({ price: formatUsd(usd) }) : cost.confirmFree}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Thumbs scenes={rest.length > 0 ? rest : scenes} />
        <FilmSettings settings={settings} onChange={setSettings} />
        {changed && (
          <p role="status" className="flex gap-2 rounded-md bg-warn/12 px-3 py-2 text-warn text-xs">
            <RefreshCw aria-hidden className="mt-px size-3.5 shrink-0" />
            {cost.changed}
          </p>
        )}
        {error ? <ErrorPanel compact error={error} onRetry={again} /> : <Bill quote={quote} fresh={!asking} />}
        <CreditNote terms={quote} />
        <div>
          <p className="tnum mb-1.5 flex items-center justify-between gap-3 text-xs">
            <span className="text-fg-2">{studio.budget}</span>
            <span>
              {budget.limit === null
                ? cost.noBudget
                : cost.afterwards({ after: formatUsd(budget.after), budget: formatUsd(budget.limit) })}
            </span>
          </p>
          {budget.limit !== null && <BudgetBar budget={budget} className="h-2" />}
          {budget.missing > 0 && (
            <p role="alert" className="mt-2 text-danger text-xs">
              {cost.missing({ amount: formatUsd(budget.missing) })}
            </p>
          )}
          {project.role === "owner" && <BudgetField project={project} />}
        </div>
        {!online && <p className="text-warn text-xs">{cost.offline}</p>}
        {online && saving && <p className="text-fg-3 text-xs">{cost.unsaved}</p>}
        <ul className="flex flex-col gap-1.5 text-fg-3 text-xs">
          <Note icon={<ShieldCheck aria-hidden />}>{cost.refund}</Note>
          <Note icon={<Info aria-hidden />}>
            {cost.stops} {cost.madeKept}
          </Note>
          {quote && (
            <Note icon={<Clock3 aria-hidden />}>{cost.time({ time: formatLength(quote.estimated_time_seconds) })}</Note>
          )}
        </ul>
        {left === 0 && (
          <p className="flex items-center gap-3 text-warn text-xs">
            {cost.expired}
            <Button size="sm" onClick={again}>
              {cost.requote}
            </Button>
          </p>
        )}
        {refused && <ErrorPanel compact error={refused} />}
      </div>
    </Dialog>
  );
}

function Note({ icon, children }: { readonly icon: ReactNode; readonly children: ReactNode }) {
  return (
    <li className="flex items-start gap-2 [&_svg]:mt-px [&_svg]:size-3.5 [&_svg]:shrink-0">
      {icon}
      <span>{children}</span>
    </li>
  );
}

function Thumbs({ scenes }: { readonly scenes: readonly Scene[] }) {
  const more = scenes.length - THUMBS;
  return (
    <div aria-hidden className="grid grid-cols-8 gap-1">
      {scenes.slice(0, THUMBS).map((scene) => (
        <Thumb key={scene.id} scene={scene} />
      ))}
      {more > 0 && (
        <span className="tnum flex aspect-video items-center justify-center rounded-[4px] bg-raised text-fg-2 text-xs">
          {cost.more({ count: more })}
        </span>
      )}
    </div>
  );
}

function Thumb({ scene }: { readonly scene: Scene }) {
  const thumb = useThumb(scene);
  return (
    <span className="mv-hatch block aspect-video overflow-hidden rounded-[4px]">
      {thumb && <img src={thumb} alt="" className="size-full object-cover" />}
    </span>
  );
}

/** The server's lines, and what they come to; pale while they are asked for anew. */
function Bill({ quote, fresh }: { readonly quote: Schemas["QuoteView"] | null; readonly fresh: boolean }) {
  if (!quote) {
    return (
      <Loading>
        <Skeleton className="h-36 w-full rounded-lg" />
      </Loading>
    );
  }
  return (
    <div
      aria-busy={!fresh}
      className={cn("rounded-lg bg-canvas/50 ring-line", !fresh && "[&_td]:text-fg-3 [&_th]:text-fg-3")}
    >
      <table className="w-full text-sm">
        <tbody className="divide-y divide-line">
          {quote.lines
            .toSorted((a, b) => (a.item === "image" ? -1 : 1) - (b.item === "image" ? -1 : 1))
            .map((line) => (
              <tr key={`${line.item} ${line.model}`}>
                <th scope="row" className="px-3.5 py-2.5 text-left font-normal">
                  <span className="flex items-center gap-2.5">
                    {line.item === "image" ? (
                      <ImageIcon aria-hidden className="size-4 text-fg-3" />
                    ) : (
                      <Film aria-hidden className="size-4 text-fg-3" />
                    )}
                    {line.item === "image" ? cost.image : cost.clip}
                  </span>
                  {(line.made_already ?? 0) > 0 && (
                    <span className="mt-0.5 ml-6.5 block text-2xs text-fg-3">
                      {cost.made({ count: line.made_already ?? 0 })}
                    </span>
                  )}
                </th>
                <td className="tnum px-2 text-right text-fg-3 text-xs">
                  {line.item === "image"
                    ? cost.imageCount({ count: line.count })
                    : cost.clipCount({ count: line.count })}
                  {line.count > 0 && line.amount_usd > 0 && ` × ${formatUsd(line.amount_usd / line.count)}`}
                </td>
                <td className="tnum px-3.5 text-right font-medium">
                  {line.amount_usd > 0 ? formatUsd(line.amount_usd) : cost.free}
                </td>
              </tr>
            ))}
        </tbody>
        <tfoot>
          <tr className="border-line border-t">
            <th scope="row" className="px-3.5 py-3 text-left font-semibold">
              {cost.total}
            </th>
            <td />
            <td className="tnum px-3.5 text-right font-semibold text-lg">
              {quote.total_usd > 0 ? formatUsd(quote.total_usd) : cost.free}
            </td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}
