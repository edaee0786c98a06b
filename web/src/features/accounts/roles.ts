import type { Role } from "@/api/types";

interface RoleWords {
  label: string;
  says: string;
}

export const roleWords: Record<Role, RoleWords> = {
  owner: { label: "Owner", says: "Everything, and can make other owners" },
  admin: { label: "Admin", says: "Looks after members and invitations" },
  interviewer: { label: "Interviewer", says: "Plans, holds and reviews interviews" },
};

const ranks: Role[] = ["owner", "admin", "interviewer"];

/** The roles that somebody of this role may give to others. */
export function rolesToGive(own: Role | null): Role[] {
  if (own === "owner") return ranks;
  return own === "admin" ? ["admin", "interviewer"] : [];
}

export function byRank(a: { role: Role; name: string }, b: { role: Role; name: string }): number {
  return ranks.indexOf(a.role) - ranks.indexOf(b.role) || a.name.localeCompare(b.name);
}
