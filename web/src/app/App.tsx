import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { Fragment } from "react";
import { useLocale } from "@/i18n/locale";
import { Toaster } from "@/ui/Toaster";
import { TooltipLayer } from "@/ui/TooltipLayer";
import { queries } from "./queries";
import { router } from "./router";

export function App() {
  // Messages are read as the page is drawn: another language draws it anew.
  const locale = useLocale();
  return (
    <QueryClientProvider client={queries}>
      <Fragment key={locale}>
        <RouterProvider router={router} />
        <TooltipLayer />
        <Toaster />
      </Fragment>
    </QueryClientProvider>
  );
}
