import { CircleAlert } from "lucide-react";
import type { FieldErrors } from "react-hook-form";
import { auth } from "@/messages/auth";
import { ErrorPanel } from "@/ui/ErrorPanel";

interface FormProblemsProps {
  readonly errors: FieldErrors;
  /** What the server said. */
  readonly refusal: unknown;
  readonly submitted: boolean;
}

/** On top of a form: how many fields are wrong, or why the server refused it. */
export function FormProblems({ errors, refusal, submitted }: FormProblemsProps) {
  const count = Object.keys(errors).length;
  if (count > 1 && submitted) {
    return (
      <p role="alert" className="flex items-center gap-2 text-danger text-sm">
        <CircleAlert aria-hidden className="size-4" />
        {auth.errorSummary({ count })}
      </p>
    );
  }
  return refusal ? <ErrorPanel compact error={refusal} /> : null;
}
