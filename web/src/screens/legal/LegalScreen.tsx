import { Link, useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { legal } from "@/messages/legal";
import { cn } from "@/ui/cn";
import { isLegalDoc, LEGAL, type LegalDoc } from "./docs";
import { LicenceList } from "./LicenceList";

/** What holds for using this server: written for the people who use it, whoever hosts it. */
export function LegalScreen() {
  const { doc: asked } = useParams({ from: "/public/legal/$doc" });
  const doc: LegalDoc = isLegalDoc(asked) ? asked : "terms";
  const title = legal.titles[doc];
  useEffect(() => {
    document.title = `${title} · MelodyVision`;
  }, [title]);
  const texts = legal[doc] as Readonly<Record<string, { readonly title: string; readonly text: string }>>;
  return (
    <div className="mx-auto grid w-full max-w-5xl gap-8 px-4 py-10 sm:px-6 md:grid-cols-[12rem_minmax(0,1fr)]">
      <nav aria-label={legal.documents} className="flex gap-1 overflow-x-auto md:flex-col">
        {(Object.keys(LEGAL) as LegalDoc[]).map((one) => (
          <Link
            key={one}
            to="/legal/$doc"
            params={{ doc: one }}
            aria-current={one === doc ? "page" : undefined}
            className={cn(
              "whitespace-nowrap rounded-md px-3 py-1.5 text-sm",
              one === doc ? "bg-hover font-medium text-fg" : "text-fg-2 hover:bg-hover hover:text-fg",
            )}
          >
            {legal.titles[one]}
          </Link>
        ))}
      </nav>
      <article className="max-w-2xl">
        <h1 className="font-semibold text-xl">{title}</h1>
        <p className="mt-2 text-fg-2">{legal.leads[doc]}</p>
        {LEGAL[doc].map((part) => (
          <section key={part} aria-labelledby={part} className="mt-8">
            <h2 id={part} className="font-semibold text-base">
              {texts[part]?.title}
            </h2>
            {texts[part]?.text.split("\n").map((paragraph) => (
              <p key={paragraph} className="mt-2 text-fg-2 leading-relaxed">
                {paragraph}
              </p>
            ))}
            {doc === "licences" && part === "parts" && <LicenceList />}
          </section>
        ))}
      </article>
    </div>
  );
}
