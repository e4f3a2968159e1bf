import type { InputHTMLAttributes, Ref, SelectHTMLAttributes, TextareaHTMLAttributes } from "react";
import { cn } from "./cn";
import { useField } from "./Field";

const look =
  "w-full rounded-md bg-canvas/60 px-3 text-fg text-sm ring-line-strong transition-[background,box-shadow] duration-[120ms] placeholder:text-fg-3 hover:bg-canvas focus:bg-canvas disabled:opacity-50 aria-invalid:shadow-[inset_0_0_0_1px_var(--color-danger)]";

function useFieldProps() {
  const field = useField();
  return field
    ? { id: field.id, "aria-describedby": field.describedBy, "aria-invalid": field.invalid || undefined }
    : {};
}

interface InputProps extends InputHTMLAttributes<HTMLInputElement> {
  readonly ref?: Ref<HTMLInputElement>;
}

export function Input({ className, ...rest }: InputProps) {
  return <input className={cn(look, "h-10", className)} {...useFieldProps()} {...rest} />;
}

interface TextareaProps extends TextareaHTMLAttributes<HTMLTextAreaElement> {
  readonly ref?: Ref<HTMLTextAreaElement>;
}

export function Textarea({ className, ...rest }: TextareaProps) {
  return (
    <textarea
      className={cn(look, "min-h-24 resize-y py-2.5 leading-relaxed", className)}
      {...useFieldProps()}
      {...rest}
    />
  );
}

interface SelectProps extends SelectHTMLAttributes<HTMLSelectElement> {
  readonly ref?: Ref<HTMLSelectElement>;
}

/** The system's own list: best on phones, and it needs no script. */
export function Select({ className, children, ...rest }: SelectProps) {
  return (
    <span className="relative block">
      <select className={cn(look, "h-10 appearance-none pr-8", className)} {...useFieldProps()} {...rest}>
        {children}
      </select>
      <svg
        aria-hidden
        viewBox="0 0 16 16"
        className="pointer-events-none absolute top-1/2 right-2.5 size-4 -translate-y-1/2 text-fg-3"
      >
        <path
          d="m4 6 4 4 4-4"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.5"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
    </span>
  );
}
