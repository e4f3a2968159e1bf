import { ArrowRight } from "lucide-react";
import { useEffect, useState } from "react";
import type { components } from "@/api/schema.gen";
import { formatUsd } from "@/i18n/format";
import { landing } from "@/messages/landing";
import { buttonStyles } from "@/ui/Button";

type Model = components["schemas"]["ModelCard"];

/** The lowest price that is paid for a unit of this kind; nothing while it is unknown. */
function lowest(models: readonly Model[], kind: Model["kind"], unit: Model["price_unit"]): number | null {
  const prices = models
    .filter((model) => model.kind === kind && model.price_unit === unit && model.price_usd > 0)
    .map((model) => model.price_usd);
  return prices.length > 0 ? Math.min(...prices) : null;
}

/** What things cost, from the server's own list. */
export function Prices() {
  const [models, setModels] = useState<readonly Model[]>([]);
  const [sells, setSells] = useState(false);
  useEffect(() => {
    const left = new AbortController();
    // Without the list the page says what is free, and where the prices are.
    fetch("/api/models", { signal: left.signal })
      .then((response) => (response.ok ? response.json() : { models: [] }))
      .then((list: { models: readonly Model[] }) => setModels(list.models))
      .catch(() => undefined);
    fetch("/api/billing/plans", { signal: left.signal })
      .then((response) => (response.ok ? response.json() : { payments: false }))
      .then((list: { payments: boolean }) => setSells(list.payments))
      .catch(() => undefined);
    return () => left.abort();
  }, []);
  const rows = [
    { name: landing.free, price: landing.freePrice, text: landing.freeText },
    ...[
      { name: landing.still, price: lowest(models, "image", "image") },
      { name: landing.clip, price: lowest(models, "clip", "second") },
    ].map(({ name, price }) => ({
      name,
      price: price === null ? "–" : landing.from({ price: formatUsd(price) }),
      text: landing.modelText,
    })),
  ];
  return (
    <section aria-labelledby="prices" className="mx-auto max-w-5xl px-4 py-10 sm:px-6">
      <h2 id="prices" className="font-semibold text-xl">
        {landing.priceTitle}
      </h2>
      <p className="mt-1 mb-5 max-w-2xl text-fg-2">{landing.priceText}</p>
      <dl className="grid gap-4 sm:grid-cols-3">
        {rows.map((row) => (
          <div key={row.name} className="rounded-xl bg-panel p-5 ring-line">
            <dt className="text-fg-2">{row.name}</dt>
            <dd className="tnum mt-1 font-semibold text-xl">{row.price}</dd>
            <dd className="mt-1 text-fg-3 text-xs">{row.text}</dd>
          </div>
        ))}
      </dl>
      {sells && (
        <a href="/pricing" className={buttonStyles({ size: "lg", className: "mt-5" })}>
          {landing.plans}
          <ArrowRight aria-hidden className="size-4" />
        </a>
      )}
    </section>
  );
}
