/** Acts that show at once: what they change is on screen before the server has answered, and taken back if it refuses. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type LiveQueries, layOver, liveQueryKey } from "./live";

/** What an act changes in a live query's answer; `change` gives a new value and leaves the old one as it is. */
export interface Effect<Input> {
  query: keyof LiveQueries;
  args: LiveQueries[keyof LiveQueries]["args"];
  change: (value: never, input: Input) => unknown;
}

/** Names query and change with their own types: `effect("notes.list", args, (notes, id: string) => …)`. */
export function effect<Q extends keyof LiveQueries, Input>(
  query: Q,
  args: LiveQueries[Q]["args"],
  change: (value: LiveQueries[Q]["data"], input: Input) => LiveQueries[Q]["data"],
): Effect<Input> {
  return { query, args, change };
}

/** A mutation with its effects; they are taken back before the caller hears of a refusal. */
export function useAct<Input = void, Output = unknown>(
  act: (input: Input) => Promise<Output>,
  effects: Effect<Input>[],
) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: act,
    onMutate: (input) =>
      effects.map(({ query, args, change }) =>
        layOver(queryClient, liveQueryKey(query, args), (value) =>
          value === undefined ? value : change(value as never, input),
        ),
      ),
    onSuccess: (_, __, layers) => {
      for (const layer of layers) layer.done();
    },
    onError: (_, __, layers) => {
      for (const layer of layers ?? []) layer.undo();
    },
  });
}
