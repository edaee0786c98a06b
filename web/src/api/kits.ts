/** Kits: problems and scorecards in versions. What is changed comes back through the live queries. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { request } from "./client";
import { liveQueryKey } from "./live";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export type Kit = Schemas["KitOut"];
export type KitSummary = Schemas["KitSummaryOut"];
export type KitVersion = Schemas["KitVersionOut"];
export type KitIn = Schemas["KitIn"];
export type KitProblem = Schemas["KitProblem"];
export type Skill = Schemas["SkillOut"];

declare module "./live" {
  interface LiveQueries {
    "kits.list": { args: Record<string, never>; data: KitSummary[] };
    "kits.get": { args: { kit_id: string }; data: Kit };
    "interviews.kit": { args: { interview_id: string }; data: KitVersion | null };
  }
}

/** The skills that come with the product; they change with it only. */
export function useSkills() {
  return useQuery({
    queryKey: ["skills"],
    queryFn: () => request<Skill[]>("GET", "/api/skills"),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

function useKitAct<Input>(act: (input: Input) => Promise<Kit>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: (kit) => queryClient.setQueryData(liveQueryKey("kits.get", { kit_id: kit.id }), kit),
  });
}

export const useCreateKit = () =>
  useKitAct((wanted: KitIn) => request<Kit>("POST", "/api/kits", { body: wanted }));

export const useChangeKit = (id: string) =>
  useKitAct((wanted: KitIn & { based_on: number }) =>
    request<Kit>("PUT", `/api/kits/${id}`, { body: wanted }),
  );

export const useDuplicateKit = (id: string) =>
  useKitAct<void>(() => request<Kit>("POST", `/api/kits/${id}/duplicate`));

export const useArchiveKit = (id: string) =>
  useKitAct((is_archived: boolean) =>
    request<Kit>("PUT", `/api/kits/${id}/archived`, { body: { is_archived } }),
  );
