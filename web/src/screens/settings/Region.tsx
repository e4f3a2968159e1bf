import { useMutation } from "@tanstack/react-query";
import { api, type Schemas } from "@/api/client";
import { type User, useSessionChange } from "@/api/session";
import { getLocale } from "@/i18n/locale";
import { frame } from "@/messages/frame";
import { settings } from "@/messages/settings";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Field } from "@/ui/Field";
import { Select } from "@/ui/Input";
import { Panel } from "@/ui/Panel";
import { toast } from "@/ui/toasts";

/** Every zone that the browser knows, and the person's own should it be none of them. */
function zones(own: string): readonly string[] {
  return [...new Set([...Intl.supportedValuesOf("timeZone"), "UTC", own])].sort();
}

/** Both take effect as soon as they are chosen. */
export function Region({ user }: { readonly user: User }) {
  const { changed } = useSessionChange();
  const save = useMutation({
    mutationFn: async (body: Schemas["ProfileChange"]) => (await api.PATCH("/api/users/me", { body })).data,
    onSuccess: (answer) => {
      if (answer) changed(answer.user);
      toast(settings.saved, { tone: "ok" });
    },
  });
  return (
    <Panel title={settings.region} text={settings.regionText}>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={frame.language}>
          <Select
            value={getLocale()}
            disabled={save.isPending}
            onChange={(event) => save.mutate({ locale: event.target.value })}
          >
            <option value="ko">한국어</option>
            <option value="en">English</option>
          </Select>
        </Field>
        <Field label={settings.timeZone}>
          <Select
            value={user.timezone}
            disabled={save.isPending}
            onChange={(event) => save.mutate({ timezone: event.target.value })}
          >
            {zones(user.timezone).map((zone) => (
              <option key={zone} value={zone}>
                {zone.replaceAll("_", " ")}
              </option>
            ))}
          </Select>
        </Field>
      </div>
      {save.isError && <ErrorPanel compact error={save.error} className="mt-4" />}
    </Panel>
  );
}
