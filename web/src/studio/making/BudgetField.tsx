import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { common } from "@/messages/common";
import { cost } from "@/messages/cost";
import { projectQuery } from "@/project/project";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Field } from "@/ui/Field";
import { Input } from "@/ui/Input";
import type { Project } from "../scene";

/** The most a project may spend: the server starts nothing beyond it. */
export function BudgetField({ project }: { readonly project: Project }) {
  const queries = useQueryClient();
  const [text, setText] = useState<string | null>(null);
  const change = useMutation({
    mutationFn: (budget_usd: number) =>
      api.PATCH("/api/projects/{id}", { params: { path: { id: project.id } }, body: { budget_usd } }),
    onSuccess: async () => {
      setText(null);
      await queries.invalidateQueries({ queryKey: projectQuery(project.id).queryKey });
    },
  });
  if (text === null) {
    return (
      <Button
        tone="link"
        size="inline"
        className="mt-2 text-xs"
        onClick={() => setText(project.budget_usd?.toString() ?? "")}
      >
        {project.budget_usd == null ? cost.setBudget : cost.changeBudget}
      </Button>
    );
  }
  const amount = Number(text);
  const valid = text.trim() !== "" && Number.isFinite(amount) && amount >= 0 && amount <= 1_000_000;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (valid) change.mutate(amount);
  };
  return (
    <form onSubmit={submit} className="mt-2.5">
      <Field label={cost.budgetUsd} hint={cost.budgetHint}>
        <div className="flex gap-2">
          <Input
            autoFocus
            inputMode="decimal"
            value={text}
            onChange={(event) => setText(event.target.value)}
            className="tnum h-8"
          />
          <Button type="submit" tone="main" busy={change.isPending} disabled={!valid}>
            {common.save}
          </Button>
          <Button tone="quiet" onClick={() => setText(null)}>
            {common.cancel}
          </Button>
        </div>
      </Field>
      {change.isError && <ErrorPanel compact error={change.error} className="mt-2" />}
    </form>
  );
}
