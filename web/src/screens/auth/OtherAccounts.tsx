import { useQuery } from "@tanstack/react-query";
import { $api } from "@/api/client";
import { auth } from "@/messages/auth";
import { buttonStyles } from "@/ui/Button";

/** Ways to sign in that this server has set up; nothing when it has none. */
export function OtherAccounts({ next }: { readonly next?: string }) {
  const { data } = useQuery($api.queryOptions("get", "/api/auth/oauth"));
  if (!data || data.providers.length === 0) return null;
  const back = next ? `?next=${encodeURIComponent(next)}` : "";
  return (
    <>
      <div className="my-4 flex items-center gap-3 text-fg-3 text-xs before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
        {auth.or}
      </div>
      <div className="flex flex-col gap-2">
        {data.providers.map((provider) => (
          <a key={provider} href={`/api/auth/oauth/${provider}${back}`} className={buttonStyles({ size: "lg" })}>
            {auth[provider]}
          </a>
        ))}
      </div>
    </>
  );
}
