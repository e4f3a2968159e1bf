import { Link } from "@tanstack/react-router";
import { serviceName } from "@/api/services";
import { formatUsd } from "@/i18n/format";
import { buying } from "@/messages/buying";
import { Field } from "@/ui/Field";
import { Select } from "@/ui/Input";
import type { Model } from "./models";

interface ModelFieldProps {
  readonly label: string;
  readonly models: readonly Model[];
  readonly value: string;
  readonly onChange: (model: string) => void;
  /** What stands first and costs nothing, such as the built-in maker. */
  readonly free?: { readonly value: string; readonly label: string };
  readonly disabled?: boolean;
}

/** Who is to do it, each with its service and price. Photos, lyrics and pictures go to whom is chosen, which is said. */
export function ModelField({ label, models, value, onChange, free, disabled }: ModelFieldProps) {
  const chosen = models.find((model) => model.id === value);
  return (
    <Field
      label={label}
      hint={
        models.length === 0 ? (
          <>
            {buying.noModels}{" "}
            <Link to="/settings/api-keys" className="text-ember underline-offset-4 hover:underline">
              {buying.giveKey}
            </Link>
          </>
        ) : (
          chosen?.needs_network && buying.sentTo({ service: serviceName(chosen.provider) })
        )
      }
    >
      <Select
        value={value}
        disabled={disabled}
        className="h-9 text-xs"
        onChange={(event) => onChange(event.target.value)}
      >
        {free && <option value={free.value}>{free.label}</option>}
        {models.map((model) => (
          <option key={model.id} value={model.id}>
            {`${model.name} · ${priceOf(model)}`}
          </option>
        ))}
      </Select>
    </Field>
  );
}

function priceOf({ price_usd, price_unit }: Model): string {
  if (price_usd === 0) return buying.free;
  const price = formatUsd(price_usd);
  switch (price_unit) {
    case "image":
      return buying.perImage({ price });
    case "second":
      return buying.perSecond({ price });
    case "clip":
      return buying.perClip({ price });
    default:
      return buying.perTokens({ price });
  }
}
