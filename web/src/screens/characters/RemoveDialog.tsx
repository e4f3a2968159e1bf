import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { $api, api } from "@/api/client";
import { characters } from "@/messages/characters";
import { Confirm } from "@/ui/Confirm";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { toast } from "@/ui/toasts";
import type { Character } from "./character";

/** Before a character is deleted: what goes, what stays, and the projects that it is in. */
export function RemoveDialog({ character, onClose }: { readonly character: Character; readonly onClose: () => void }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const params = { path: { id: character.id } };
  const usage = useQuery($api.queryOptions("get", "/api/characters/{id}/usage", { params }));
  const remove = useMutation({
    mutationFn: () => api.DELETE("/api/characters/{id}", { params }),
    onSuccess: async () => {
      toast(characters.removed, { tone: "ok" });
      await navigate({ to: "/characters" });
      queries.removeQueries({ queryKey: $api.queryOptions("get", "/api/characters/{id}", { params }).queryKey });
      await queries.invalidateQueries({ queryKey: ["get", "/api/characters"] });
    },
  });
  const touched = usage.data?.projects ?? [];
  return (
    <Confirm
      open
      onOpenChange={(open) => !open && onClose()}
      danger
      title={characters.removeTitle({ name: character.name })}
      description={
        usage.data
          ? characters.removeCounts({ photos: usage.data.photos, tests: usage.data.test_images })
          : characters.removeText
      }
      action={characters.remove}
      busy={remove.isPending}
      onConfirm={() => remove.mutate()}
    >
      {touched.length > 0 && (
        <div className="mt-3 rounded-lg bg-warn/10 px-3 py-2.5 text-sm">
          <p className="font-medium text-warn">{characters.removeTouches({ count: touched.length })}</p>
          <ul className="mt-1 max-h-40 overflow-y-auto text-fg-2 text-xs">
            {touched.map((project) => (
              <li key={project.id} className="py-0.5">
                {characters.touched({ title: project.title, count: project.scenes })}
                {project.has_film && <span className="text-fg-3"> · {characters.filmStays}</span>}
              </li>
            ))}
          </ul>
        </div>
      )}
      {(usage.isError || remove.isError) && <ErrorPanel compact error={remove.error ?? usage.error} className="mt-3" />}
    </Confirm>
  );
}
