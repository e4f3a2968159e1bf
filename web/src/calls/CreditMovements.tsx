import type { Schemas } from "@/api/client";
import { usage } from "@/messages/usage";
import { Pagination } from "@/ui/Pagination";
import { CreditTable } from "./CreditTable";

interface CreditMovementsProps {
  readonly list: Schemas["Credits"];
  readonly limit: number;
  readonly offset: number;
  readonly onOffset: (offset: number) => void;
}

/** What moved credits, the newest first, page by page; nothing before anything did. */
export function CreditMovements({ list, limit, offset, onOffset }: CreditMovementsProps) {
  if (list.total === 0) return null;
  return (
    <div className="mt-4">
      <h3 className="mb-2 font-medium text-sm">{usage.movements}</h3>
      <CreditTable label={usage.movements} entries={list.data} />
      <Pagination offset={offset} limit={limit} total={list.total} onOffset={onOffset} />
    </div>
  );
}
