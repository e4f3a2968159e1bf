import { pricing } from "@/messages/pricing";

/** What people ask before they pay; each answer is how the server does it. */
export function Faq() {
  const faq = pricing.faq;
  const list = [
    { ask: faq.credit, tell: faq.creditText },
    { ask: faq.keep, tell: faq.keepText },
    { ask: faq.key, tell: faq.keyText },
    { ask: faq.change, tell: faq.changeText },
    { ask: faq.cancel, tell: faq.cancelText },
    { ask: faq.card, tell: faq.cardText },
  ];
  return (
    <section aria-labelledby="questions" className="mt-10">
      <h2 id="questions" className="mb-4 font-semibold text-xl">
        {pricing.questions}
      </h2>
      <dl className="grid gap-6 sm:grid-cols-2">
        {list.map(({ ask, tell }) => (
          <div key={ask}>
            <dt className="font-semibold text-base">{ask}</dt>
            <dd className="mt-1 text-fg-2">{tell}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
