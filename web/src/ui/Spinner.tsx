import { LoaderCircle } from "lucide-react";

/** Only inside a button; what loads shows a skeleton. */
export function Spinner() {
  return <LoaderCircle aria-hidden className="size-4 animate-turn" />;
}
