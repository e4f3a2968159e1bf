import type { ReactNode } from "react";
import { cn } from "./cn";

export interface Column<Row> {
  readonly key: string;
  readonly head: ReactNode;
  /** The heading is for readers alone, as over a column of buttons. */
  readonly headHidden?: boolean;
  readonly align?: "start" | "end";
  readonly className?: string;
  readonly cell: (row: Row) => ReactNode;
}

interface TableProps<Row> {
  /** Names the table for readers. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string | number;
}

/** Rows of one kind. On narrow screens it scrolls by itself and can be scrolled with the keys. */
export function Table<Row>({ label, columns, rows, rowKey }: TableProps<Row>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse
    <div tabIndex={0} className="relative overflow-x-auto rounded-lg ring-line">
      {/* A word that would break letter by letter makes the table wider instead. */}
      <table aria-label={label} className="wrap-break-word w-full border-collapse text-left text-sm">
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.key}
                scope="col"
                className={cn(
                  "h-9 whitespace-nowrap bg-raised px-3 font-medium text-fg-2 text-xs",
                  column.align === "end" && "text-right",
                )}
              >
                {column.headHidden ? <span className="sr-only">{column.head}</span> : column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} className="border-line border-t hover:bg-raised/50">
              {columns.map((column) => (
                <td
                  key={column.key}
                  className={cn(
                    "tnum px-3 py-2 align-middle",
                    column.align === "end" && "whitespace-nowrap text-right",
                    column.className,
                  )}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
