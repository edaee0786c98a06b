/** An organisation's domains, whose addresses join by themselves. The list comes back through the live query. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { request } from "./client";
import { liveQueryKey } from "./live";
import type { Domain, SignUp } from "./types";

function useSeeDomains() {
  const queryClient = useQueryClient();
  return (domains: Domain[]) => queryClient.setQueryData(liveQueryKey("domains.list", {}), domains);
}

export function useAddDomain() {
  return useMutation({
    mutationFn: (name: string) => request<Domain[]>("POST", "/api/domains", { body: { name } }),
    onSuccess: useSeeDomains(),
  });
}

export function useVerifyDomain(id: string) {
  return useMutation({
    mutationFn: () => request<Domain[]>("POST", `/api/domains/${id}/verify`),
    onSuccess: useSeeDomains(),
  });
}

export function useRemoveDomain(id: string) {
  return useMutation({
    mutationFn: () => request<Domain[]>("DELETE", `/api/domains/${id}`),
    onSuccess: useSeeDomains(),
  });
}

/** Whether such an address opens anything is told by e-mail alone. */
export function askToJoin(email: string): Promise<void> {
  return request<void>("POST", "/api/sign-up", { body: { email } });
}

export function showAddress(code: string): Promise<SignUp> {
  return request<SignUp>("POST", "/api/sign-up/confirmation", { body: { code } });
}
