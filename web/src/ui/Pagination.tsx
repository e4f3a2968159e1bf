import { ChevronLeft, ChevronRight } from "lucide-react";
import { common } from "@/messages/common";
import { IconButton } from "./IconButton";

interface PaginationProps {
  readonly offset: number;
  readonly limit: number;
  readonly total: number;
  readonly onOffset: (offset: number) => void;
}

/** Nothing when everything fits on one page. */
export function Pagination({ offset, limit, total, onOffset }: PaginationProps) {
  if (total <= limit) return null;
  return (
    <nav
      aria-label={common.page({ page: Math.floor(offset / limit) + 1, pages: Math.ceil(total / limit) })}
      className="flex items-center justify-center gap-3 py-4"
    >
      <IconButton
        label={common.previousPage}
        disabled={offset === 0}
        onClick={() => onOffset(Math.max(0, offset - limit))}
      >
        <ChevronLeft aria-hidden />
      </IconButton>
      <span aria-live="polite" className="tnum text-fg-2 text-xs">
        {common.page({ page: Math.floor(offset / limit) + 1, pages: Math.ceil(total / limit) })}
      </span>
      <IconButton label={common.nextPage} disabled={offset + limit >= total} onClick={() => onOffset(offset + limit)}>
        <ChevronRight aria-hidden />
      </IconButton>
    </nav>
  );
}
