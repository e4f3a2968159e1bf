import { useMutation, useQuery } from "@tanstack/react-query";
import { $api, api, type Schemas } from "@/api/client";
import { formatDate } from "@/i18n/format";
import { settings } from "@/messages/settings";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Panel } from "@/ui/Panel";
import { toast } from "@/ui/toasts";

type Provider = Schemas["LinkedBody"]["provider"];
const NAMES: Readonly<Record<string, string>> = { google: "Google", github: "GitHub" };

function isOffered(provider: Provider, offered: readonly string[]): provider is "google" | "github" {
  return offered.includes(provider);
}

/** Nothing where this server has set up none and the person has linked none. */
export function ConnectedAccounts() {
  const offered = useQuery($api.queryOptions("get", "/api/auth/oauth"));
  const linked = useQuery($api.queryOptions("get", "/api/users/me/oauth"));
  const connect = useMutation({
    mutationFn: async (provider: "google" | "github") =>
      (
        await api.POST("/api/users/me/oauth/{provider}", {
          params: { path: { provider }, query: { return_to: "/settings/security" } },
        })
      ).data,
    onSuccess: (answer) => answer && location.assign(answer.url),
  });
  const disconnect = useMutation({
    mutationFn: (provider: "google" | "github") =>
      api.DELETE("/api/users/me/oauth/{provider}", { params: { path: { provider } } }),
    onSuccess: async () => {
      toast(settings.disconnected, { tone: "ok" });
      await linked.refetch();
    },
  });
  const mine = linked.data?.data ?? [];
  const known = [...new Set([...(offered.data?.providers ?? []), ...mine.map((one) => one.provider)])];
  if (known.length === 0) return null;
  const failure = connect.error ?? disconnect.error;
  return (
    <Panel title={settings.accountsTitle} text={settings.accountsText}>
      <ul className="divide-y divide-line">
        {known.map((provider) => {
          const link = mine.find((one) => one.provider === provider);
          const usable = isOffered(provider, ["google", "github"]) ? provider : null;
          return (
            <li key={provider} className="flex flex-wrap items-center gap-3 py-2.5 first:pt-0 last:pb-0">
              <span className="min-w-0 flex-1">
                <span className="block font-medium">{NAMES[provider] ?? provider}</span>
                {link && (
                  <span className="block truncate text-fg-3 text-xs">
                    {[link.email, settings.connected({ date: formatDate(link.created_at) })]
                      .filter(Boolean)
                      .join(" · ")}
                  </span>
                )}
              </span>
              {usable &&
                (link ? (
                  <Button tone="quiet" busy={disconnect.isPending} onClick={() => disconnect.mutate(usable)}>
                    {settings.disconnect}
                  </Button>
                ) : (
                  <Button busy={connect.isPending} onClick={() => connect.mutate(usable)}>
                    {settings.connect}
                  </Button>
                ))}
            </li>
          );
        })}
      </ul>
      {failure && <ErrorPanel compact error={failure} className="mt-3" />}
    </Panel>
  );
}
