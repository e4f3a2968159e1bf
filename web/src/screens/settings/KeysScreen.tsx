import { settings } from "@/messages/settings";
import { Boundary } from "@/ui/Boundary";
import { ApiKeys } from "./ApiKeys";
import { ServiceKeys } from "./ServiceKeys";

export function KeysScreen() {
  return (
    <div className="flex max-w-4xl flex-col gap-4">
      <h1 className="font-semibold text-xl">{settings.keys}</h1>
      <Boundary>
        <ServiceKeys />
      </Boundary>
      <Boundary>
        <ApiKeys />
      </Boundary>
    </div>
  );
}
