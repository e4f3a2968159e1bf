import { useQuery } from "@tanstack/react-query";
import { CheckCircle2, CircleAlert, ExternalLink, TriangleAlert } from "lucide-react";
import { useLocale } from "@/i18n/locale";
import { finish } from "@/messages/finish";
import { Badge } from "@/ui/Badge";
import { Loading, Skeleton } from "@/ui/Skeleton";
import { type FilmSet, fileOfKind } from "./use-films";

interface Metric {
  readonly id: string;
  readonly name: string;
  readonly name_ko: string;
  readonly bound: string;
  /** Reports of earlier versions have English alone. */
  readonly bound_ko?: string;
  readonly found: string;
  readonly found_ko?: string;
  readonly verdict: string;
}

/** What was measured in the finished file: cuts on the beat, black frames, loudness; passed, or to fix. */
export function SyncReport({ film }: { readonly film: FilmSet | null }) {
  const ko = useLocale() === "ko";
  const report = fileOfKind(film, "report");
  const page = fileOfKind(film, "report_page");
  const { data, isError, isPending } = useQuery({
    queryKey: ["report", report?.id],
    enabled: report !== null,
    staleTime: Number.POSITIVE_INFINITY,
    retry: 1,
    queryFn: async ({ signal }): Promise<readonly Metric[]> => {
      const answer: unknown = await (await fetch(report?.url ?? "", { signal })).json();
      return typeof answer === "object" && answer !== null && "metrics" in answer && Array.isArray(answer.metrics)
        ? answer.metrics
        : [];
    },
  });
  if (!report) return null;
  const off = data?.filter((metric) => metric.verdict !== "pass").length ?? 0;
  return (
    <section aria-labelledby="report" className="rounded-xl bg-panel p-5 ring-line">
      <header className="mb-3 flex flex-wrap items-center gap-3">
        <h2 id="report" className="font-semibold text-base">
          {finish.report}
        </h2>
        {data && (
          <Badge
            tone={off === 0 ? "ok" : "warn"}
            icon={off === 0 ? <CheckCircle2 aria-hidden /> : <TriangleAlert aria-hidden />}
          >
            {off === 0 ? finish.allKept : finish.broken({ count: off })}
          </Badge>
        )}
        {page && (
          <a
            href={page.url}
            target="_blank"
            rel="noreferrer"
            className="ml-auto flex items-center gap-1.5 text-fg-2 text-xs underline underline-offset-4 hover:text-fg"
          >
            {finish.openReport}
            <ExternalLink aria-hidden className="size-3.5" />
          </a>
        )}
      </header>
      {isError && <p className="text-fg-3 text-sm">{finish.reportFailed}</p>}
      {isPending && (
        <Loading>
          <Skeleton className="h-40 w-full" />
        </Loading>
      )}
      {data && (
        <table className="w-full text-sm">
          <tbody className="divide-y divide-line">
            {data.map((metric) => (
              <tr key={metric.id}>
                <td className="w-7 py-2 align-top">
                  <Verdict verdict={metric.verdict} />
                </td>
                <th scope="row" className="py-2 pr-4 text-left align-top font-normal">
                  {ko ? metric.name_ko : metric.name}
                </th>
                <td className="tnum py-2 text-right align-top text-fg-2 text-xs">
                  {(ko && metric.found_ko) || metric.found}
                </td>
                <td className="tnum w-[34%] py-2 pl-4 text-right align-top text-fg-3 text-xs max-sm:hidden">
                  {(ko && metric.bound_ko) || metric.bound}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Verdict({ verdict }: { readonly verdict: string }) {
  if (verdict === "pass") return <CheckCircle2 role="img" aria-label={finish.pass} className="mt-0.5 size-4 text-ok" />;
  if (verdict === "fail")
    return <CircleAlert role="img" aria-label={finish.fail} className="mt-0.5 size-4 text-danger" />;
  return <TriangleAlert role="img" aria-label={finish.warn} className="mt-0.5 size-4 text-warn" />;
}
