import { landing } from "@/messages/landing";
import { buttonStyles } from "@/ui/Button";

export function LandingScreen() {
  return (
    <section className="mx-auto flex max-w-3xl flex-col items-center gap-5 px-4 py-24 text-center">
      <h1 className="font-semibold text-3xl tracking-tight">{landing.title}</h1>
      <p className="text-base text-fg-2">{landing.text}</p>
      <a href="/sign-up" className={buttonStyles({ tone: "main", size: "xl" })}>
        {landing.start}
      </a>
    </section>
  );
}
