/** Writes on an organisation's members and invitations. The lists come back through the live queries. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { oncePerPress } from "@/lib/pressed-twice";
import { request } from "./client";
import { liveQueryKey } from "./live";
import type { Member, MemberInvitation, MemberInvitationsIn, Role } from "./types";

function useSeeMembers() {
  const queryClient = useQueryClient();
  return (members: Member[]) => queryClient.setQueryData(liveQueryKey("members.list", {}), members);
}

function useSeeInvitations() {
  const queryClient = useQueryClient();
  return (invitations: MemberInvitation[]) =>
    queryClient.setQueryData(liveQueryKey("member_invitations.list", {}), invitations);
}

export function useChangeRole(id: number) {
  return useMutation({
    mutationFn: (role: Role) => request<Member[]>("PATCH", `/api/members/${id}`, { body: { role } }),
    onSuccess: useSeeMembers(),
  });
}

export function useRemoveMember(id: number) {
  return useMutation({
    mutationFn: () => request<Member[]>("DELETE", `/api/members/${id}`),
    onSuccess: useSeeMembers(),
  });
}

const inviteMembers = oncePerPress((wanted: MemberInvitationsIn) =>
  request<MemberInvitation[]>("POST", "/api/member-invitations", { body: wanted }),
);

export function useInviteMembers() {
  return useMutation({ mutationFn: inviteMembers, onSuccess: useSeeInvitations() });
}

export function useResendInvitation(id: string) {
  return useMutation({
    mutationFn: () => request<MemberInvitation[]>("POST", `/api/member-invitations/${id}/resend`),
    onSuccess: useSeeInvitations(),
  });
}

export function useRevokeInvitation(id: string) {
  return useMutation({
    mutationFn: () => request<MemberInvitation[]>("DELETE", `/api/member-invitations/${id}`),
    onSuccess: useSeeInvitations(),
  });
}
