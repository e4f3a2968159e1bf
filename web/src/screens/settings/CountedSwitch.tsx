import { useMutation } from "@tanstack/react-query";
import { api } from "@/api/client";
import { type User, useSessionChange } from "@/api/session";
import { analytics } from "@/messages/analytics";
import { Switch } from "@/ui/Choice";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Panel } from "@/ui/Panel";
import { toast } from "@/ui/toasts";

/** Whether what one does may be counted. */
export function CountedSwitch({ user }: { readonly user: User }) {
  const { changed } = useSessionChange();
  const choose = useMutation({
    mutationFn: (counted: boolean) => api.PATCH("/api/users/me", { body: { analytics: counted } }),
    onSuccess: ({ data }) => {
      if (data) changed(data.user);
      toast(analytics.ownSaved, { tone: "ok" });
    },
  });
  return (
    <Panel title={analytics.own} text={analytics.ownText}>
      <Switch
        label={analytics.ownSwitch}
        hint={analytics.ownHint}
        checked={choose.isPending ? choose.variables : user.analytics}
        disabled={choose.isPending}
        onChange={(counted) => choose.mutate(counted)}
      />
      {choose.isError && <ErrorPanel compact error={choose.error} className="mt-3" />}
    </Panel>
  );
}
