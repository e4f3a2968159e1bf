import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { z } from "zod/mini";
import { api } from "@/api/client";
import { type User, useSessionChange } from "@/api/session";
import { common } from "@/messages/common";
import { settings } from "@/messages/settings";
import { FormProblems } from "@/screens/auth/FormProblems";
import { nameRule } from "@/screens/auth/fields";
import { Avatar } from "@/ui/Avatar";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { Input } from "@/ui/Input";
import { Panel } from "@/ui/Panel";
import { toast } from "@/ui/toasts";

const pictureRule = () =>
  z.string().check(z.regex(/^\s*(https:\/\/[^\s/]+\S*)?\s*$/i, settings.pictureWrong), z.maxLength(2048));

export function AboutYou({ user }: { readonly user: User }) {
  const { changed } = useSessionChange();
  const form = useForm({
    resolver: zodResolver(z.object({ name: nameRule(), picture: pictureRule() })),
    defaultValues: { name: user.name ?? "", picture: user.avatar_url ?? "" },
    mode: "onTouched",
  });
  const save = useMutation({
    mutationFn: async ({ name, picture }: { name: string; picture: string }) =>
      (await api.PATCH("/api/users/me", { body: { name: name.trim(), avatar_url: picture.trim() || null } })).data,
    onSuccess: (answer, values) => {
      if (answer) changed(answer.user);
      form.reset(values);
      toast(settings.saved, { tone: "ok" });
    },
  });
  const { errors, isDirty, isSubmitted } = form.formState;
  const picture = form.watch("picture").trim();
  return (
    <Panel title={settings.aboutYou} text={settings.aboutYouText}>
      <form noValidate onSubmit={form.handleSubmit((values) => save.mutate(values))} className="flex flex-col gap-4">
        <FormProblems errors={errors} refusal={save.error} submitted={isSubmitted} />
        <div className="flex items-center gap-4">
          <Avatar
            name={form.watch("name") || user.email}
            src={errors.picture ? null : picture || null}
            className="size-16 text-xl"
          />
          <Field label={settings.name} error={errors.name?.message} className="flex-1">
            <Input autoComplete="name" {...form.register("name")} />
          </Field>
        </div>
        <Field label={settings.picture} optional hint={settings.pictureHint} error={errors.picture?.message}>
          <Input type="url" inputMode="url" autoComplete="photo" {...form.register("picture")} />
        </Field>
        <Button tone="main" size="lg" type="submit" className="self-start" busy={save.isPending} disabled={!isDirty}>
          {common.save}
        </Button>
      </form>
    </Panel>
  );
}
