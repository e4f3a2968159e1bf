import { getLocale } from "@/i18n/locale";
import { flavour } from "@/messages/flavours";
import { templates } from "@/messages/templates";
import { vocabulary } from "@/messages/vocabulary";
import type { Template } from "@/project/templates";
import { TemplateArt } from "./TemplateArt";

function said<Table extends object>(table: Table, word: string): string {
  return word in table ? String(table[word as keyof Table]) : word;
}

/** What a template sets. */
export function TemplateDetail({ template }: { readonly template: Template }) {
  const facts = [
    [templates.pace, said(templates.paces, template.pace)],
    [templates.places, template.places.map((place) => said(vocabulary.places, place)).join(" · ")],
    [templates.grade, said(templates.grades, template.grade)],
    [templates.captions, said(templates.captionStyles, template.captions)],
    [templates.genre, template.genres.map((genre) => flavour("genres", genre)).join(" · ")],
    [templates.mood, template.moods.map((mood) => flavour("moods", mood)).join(" · ")],
  ] as const;
  return (
    <div className="flex flex-col gap-4">
      <div className="group aspect-video overflow-hidden rounded-lg">
        <TemplateArt template={template} />
      </div>
      <p className="text-fg-2">{template.summary[getLocale()]}</p>
      <dl className="grid grid-cols-[auto_1fr] gap-x-5 gap-y-2">
        <dt className="text-fg-3">{templates.palette}</dt>
        <dd className="flex gap-1.5">
          {template.palette.map((color) => (
            <span
              key={color}
              title={color}
              className="size-5 rounded-full ring-line-strong"
              style={{ background: color }}
            />
          ))}
        </dd>
        {facts.map(([label, value]) => (
          <div key={label} className="contents">
            <dt className="text-fg-3">{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
