import { Field } from "@/ui/Field";
import { Input } from "@/ui/Input";

interface CodeFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (code: string) => void;
}

export function CodeField({ label, value, onChange }: CodeFieldProps) {
  return (
    <Field label={label}>
      <Input
        data-autofocus
        autoComplete="one-time-code"
        inputMode="numeric"
        maxLength={12}
        value={value}
        onChange={(event) => onChange(event.target.value.replace(/\s/g, ""))}
        className="tnum text-center text-lg tracking-[0.3em]"
      />
    </Field>
  );
}
