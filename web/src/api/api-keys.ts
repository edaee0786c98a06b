/** Making and revoking API keys. The list comes back through the live query. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { request } from "./client";
import { liveQueryKey } from "./live";
import type { ApiKey, ApiKeyIn, ApiKeyMade } from "./types";

export function useMakeApiKey() {
  return useMutation({
    mutationFn: (wanted: ApiKeyIn) => request<ApiKeyMade>("POST", "/api/api-keys", { body: wanted }),
  });
}

export function useRevokeApiKey(id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => request<ApiKey[]>("DELETE", `/api/api-keys/${id}`),
    onSuccess: (keys) => queryClient.setQueryData(liveQueryKey("api_keys.list", {}), keys),
  });
}
