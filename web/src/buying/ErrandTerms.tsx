import { buying } from "@/messages/buying";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Bill } from "./Bill";
import { CreditNote } from "./CreditNote";
import { ModelField } from "./ModelField";
import type { Model } from "./models";
import type { ErrandPrice } from "./use-errand-quote";

interface ErrandTermsProps {
  readonly label: string;
  readonly models: readonly Model[];
  readonly model: string;
  readonly onModel: (model: string) => void;
  readonly price: ErrandPrice;
}

/** Who does an errand and what it costs at most. */
export function ErrandTerms({ label, models, model, onModel, price }: ErrandTermsProps) {
  return (
    <div className="flex flex-col gap-3">
      <ModelField label={label} models={models} value={model} onChange={onModel} />
      {models.length > 0 &&
        (price.error ? (
          <ErrorPanel compact error={price.error} onRetry={price.again} />
        ) : (
          <>
            <Bill total={price.quote?.total_usd ?? null} asking={price.asking} />
            <CreditNote terms={price.quote} />
          </>
        ))}
      {!price.online && <p className="text-warn text-xs">{buying.offline}</p>}
    </div>
  );
}
