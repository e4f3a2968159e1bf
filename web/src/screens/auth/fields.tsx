// The fields that the forms about accounts share, and what counts as right in them.

import { Eye, EyeOff } from "lucide-react";
import { type ComponentProps, useState } from "react";
import { z } from "zod/mini";
import { auth } from "@/messages/auth";
import { Field } from "@/ui/Field";
import { Input } from "@/ui/Input";

// Compiled validators need `eval`, which the content policy blocks.
z.config({ jitless: true });

// The same pattern as `<input type=email>`, plus a dot in the host.
const EMAIL = /^[\w.!#$%&'*+/=?^`{|}~-]+@[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)+$/i;

/** What is wrong is worked out when it is shown, so that it is in the language in use. */
export const emailRule = () => z.string().check(z.regex(EMAIL, auth.errorEmail), z.maxLength(255, auth.errorEmail));
export const newPasswordRule = () =>
  z.string().check(z.regex(/^(?=.*\p{Lu})(?=.*\p{Ll})(?=.*\d).{8,256}$/u, auth.errorPassword));
export const oldPasswordRule = () => z.string().check(z.minLength(1, auth.errorPasswordEmpty));
export const nameRule = () =>
  z.string().check(z.regex(/^\s*\S.*\S\s*$/u, auth.errorName), z.maxLength(100, auth.errorName));

interface PasswordFieldProps extends ComponentProps<typeof Input> {
  readonly label: string;
  readonly hint?: string;
  readonly error?: string;
  readonly aside?: ComponentProps<typeof Field>["aside"];
}

export function PasswordField({ label, hint, error, aside, ...input }: PasswordFieldProps) {
  const [shown, setShown] = useState(false);
  const Icon = shown ? EyeOff : Eye;
  return (
    <Field label={label} hint={hint} error={error} aside={aside}>
      <span className="relative block">
        <Input {...input} type={shown ? "text" : "password"} className="pr-11" />
        <button
          type="button"
          aria-label={shown ? auth.hide : auth.show}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
          className="absolute top-1 right-1 flex size-8 items-center justify-center rounded-sm text-fg-3 hover:bg-hover hover:text-fg"
        >
          <Icon aria-hidden className="size-4" />
        </button>
      </span>
    </Field>
  );
}
