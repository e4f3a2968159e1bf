import { RefreshCw } from "lucide-react";
import { Bill } from "@/buying/Bill";
import { CreditNote } from "@/buying/CreditNote";
import { ModelField } from "@/buying/ModelField";
import { BUILT_IN, useModelName, useModels } from "@/buying/models";
import { buying } from "@/messages/buying";
import { characters } from "@/messages/characters";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { NOBODY, type TestQuote } from "./use-test-quote";

/** Who makes the test pictures and who describes the photos, and what that costs. */
export function TestTerms({ quote: asked }: { readonly quote: TestQuote }) {
  const images = useModels("image");
  const visions = useModels("vision");
  const { quote, changed, error } = asked;
  const named = useModelName();
  const items = { image: characters.lineImages, description: characters.lineDescription };
  return (
    <div className="flex flex-col gap-4">
      <div className="grid gap-4 sm:grid-cols-2">
        <ModelField
          label={characters.imageModel}
          models={images.models}
          value={asked.image}
          free={{ value: BUILT_IN, label: characters.builtIn }}
          onChange={(image_model) => asked.choose({ image_model })}
        />
        <ModelField
          label={characters.visionModel}
          models={visions.models}
          value={asked.vision}
          free={{ value: NOBODY, label: characters.nobodyDescribes }}
          onChange={(vision_model) => asked.choose({ vision_model })}
        />
      </div>
      {changed && (
        <p role="status" className="flex gap-2 rounded-md bg-warn/12 px-3 py-2 text-warn text-xs">
          <RefreshCw aria-hidden className="mt-px size-3.5 shrink-0" />
          {buying.changed}
        </p>
      )}
      {error ? (
        <ErrorPanel compact error={error} onRetry={asked.again} />
      ) : (
        <Bill
          total={quote?.total_usd ?? null}
          asking={asked.asking}
          lines={quote?.lines.map(({ item, model, count, amount_usd }) => ({
            key: item,
            label: `${item in items ? items[item as keyof typeof items]({ count }) : item} · ${named(model)}`,
            usd: amount_usd,
          }))}
        />
      )}
      <CreditNote terms={quote} />
    </div>
  );
}
