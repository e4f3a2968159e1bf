import { useState } from "react";
import { type Model, type ModelKind, useModels } from "./models";

/** The model of last time for this kind of work, if it can still be used, else the first that can. */
export function useModelChoice(kind: ModelKind, preferred?: string) {
  const { models, known } = useModels(kind);
  const key = `mv.model.${kind}`;
  const [chosen, setChosen] = useState<string | null>(() => localStorage.getItem(key));
  const usable = (id: string | null | undefined): id is string => models.some((model) => model.id === id);
  const model = usable(chosen) ? chosen : usable(preferred) ? preferred : (models[0]?.id ?? "");
  return {
    models: models as readonly Model[],
    known,
    model,
    choose: (id: string) => {
      localStorage.setItem(key, id);
      setChosen(id);
    },
  };
}
