import { Check } from "lucide-react";
import { getLocale } from "@/i18n/locale";
import { templates } from "@/messages/templates";
import type { Template } from "@/project/templates";
import { Badge } from "@/ui/Badge";
import { cn } from "@/ui/cn";
import { TemplateArt } from "./TemplateArt";

interface TemplateTileProps {
  readonly template: Template;
  readonly chosen?: boolean;
  readonly current?: boolean;
  readonly onOpen: () => void;
}

export function TemplateTile({ template, chosen = false, current = false, onOpen }: TemplateTileProps) {
  const locale = getLocale();
  return (
    <button
      type="button"
      aria-pressed={chosen}
      onClick={onOpen}
      className={cn(
        "group flex w-full flex-col overflow-hidden rounded-xl bg-panel text-left ring-line transition-shadow duration-[120ms] hover:ring-line-strong",
        chosen && "outline-2 outline-ember",
      )}
    >
      <span className="relative block aspect-video w-full overflow-hidden">
        <TemplateArt template={template} />
        {current && (
          <Badge tone="ember" icon={<Check aria-hidden />} className="absolute top-2 left-2 bg-black/75 text-white">
            {templates.current}
          </Badge>
        )}
      </span>
      <span className="flex flex-col gap-1 p-3">
        <span className="font-medium">{template.name[locale]}</span>
        <span className="line-clamp-2 text-fg-2 text-xs">{template.summary[locale]}</span>
      </span>
    </button>
  );
}
