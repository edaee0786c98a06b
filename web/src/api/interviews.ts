/** Writes on interviews. What they change comes back through the live queries; only what must be seen at once is put there here. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { oncePerPress } from "@/lib/pressed-twice";
import { request } from "./client";
import { liveQueryKey } from "./live";
import type {
  Activity,
  CalendarFeed,
  GuestView,
  Interview,
  InterviewIn,
  InterviewPatch,
  ObserverIn,
  Person,
} from "./types";

declare module "./live" {
  interface LiveQueries {
    "interviews.activities": { args: { interview_id: string }; data: Activity[] };
    "interviewers.list": { args: Record<string, never>; data: Person[] };
  }
}

function useSeeInterview() {
  const queryClient = useQueryClient();
  return (interview: Interview) =>
    queryClient.setQueryData(liveQueryKey("interviews.get", { interview_id: interview.id }), interview);
}

/** The button is disabled only with the next rendering, and a double click is faster. */
const createInterview = oncePerPress((wanted: InterviewIn) =>
  request<Interview>("POST", "/api/interviews", { body: wanted }),
);

export function useCreateInterview() {
  const see = useSeeInterview();
  return useMutation({ mutationFn: createInterview, onSuccess: see });
}

export function useChangeInterview(id: string) {
  const see = useSeeInterview();
  return useMutation({
    mutationFn: (patch: InterviewPatch) =>
      request<Interview>("PATCH", `/api/interviews/${id}`, { body: patch }),
    onSuccess: see,
  });
}

export function useEndInterview(id: string) {
  const see = useSeeInterview();
  return useMutation({
    mutationFn: () => request<Interview>("POST", `/api/interviews/${id}/end`),
    onSuccess: see,
  });
}

export interface Rescheduling {
  scheduled_for: string;
  duration_minutes?: number;
  reason: string;
}

export function useRescheduleInterview(id: string) {
  const see = useSeeInterview();
  return useMutation({
    mutationFn: (wanted: Rescheduling) =>
      request<Interview>("POST", `/api/interviews/${id}/reschedule`, { body: wanted }),
    onSuccess: see,
  });
}

/** Calling it off, or noting that the candidate did not come. */
export function useCallOff(id: string, how: "cancel" | "no-show") {
  const see = useSeeInterview();
  return useMutation({
    mutationFn: (reason: string) =>
      request<Interview>("POST", `/api/interviews/${id}/${how}`, { body: { reason } }),
    onSuccess: see,
  });
}

export function useRenewCandidateLink(id: string) {
  const see = useSeeInterview();
  return useMutation({
    mutationFn: () => request<Interview>("POST", `/api/interviews/${id}/candidate-link`),
    onSuccess: see,
  });
}

export function useAddObserver(id: string) {
  const see = useSeeInterview();
  return useMutation({
    mutationFn: (who: ObserverIn) =>
      request<Interview>("POST", `/api/interviews/${id}/observers`, { body: who }),
    onSuccess: see,
  });
}

export function useRemoveObserver(id: string) {
  const see = useSeeInterview();
  return useMutation({
    mutationFn: (observerId: string) =>
      request<Interview>("DELETE", `/api/interviews/${id}/observers/${observerId}`),
    onSuccess: see,
  });
}

/** When all of these people work and are free; asked again whenever the question changes. */
export function useFreeSlots(interviewerIds: readonly number[], minutes: number, interviewId?: string) {
  const body = { interviewer_ids: interviewerIds, minutes, interview_id: interviewId ?? null };
  return useQuery({
    queryKey: ["free-slots", body],
    queryFn: ({ signal }) => request<string[]>("POST", "/api/free-slots", { body, signal }),
    enabled: interviewerIds.length > 0,
    retry: false,
  });
}

export function useOfferSlots(id: string) {
  const see = useSeeInterview();
  return useMutation({
    mutationFn: (starts: string[]) =>
      request<Interview>("PUT", `/api/interviews/${id}/slots`, { body: { starts } }),
    onSuccess: see,
  });
}

export function useWithdrawSlots(id: string) {
  const see = useSeeInterview();
  return useMutation({
    mutationFn: () => request<Interview>("DELETE", `/api/interviews/${id}/slots`),
    onSuccess: see,
  });
}

export function useChooseSlot(guestToken: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (slot_id: number) =>
      request<GuestView>("POST", "/api/guest/slot", { body: { slot_id }, guestToken }),
    onSuccess: (view) => queryClient.setQueryData(liveQueryKey("guest.view", {}), view),
  });
}

const feedKey = ["calendar-feed"];

/** The secret address of one's own calendar. */
export function useCalendarFeed() {
  return useQuery({
    queryKey: feedKey,
    queryFn: () => request<CalendarFeed>("GET", "/api/calendar-feed"),
  });
}

export function useRenewCalendarFeed() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => request<CalendarFeed>("POST", "/api/calendar-feed/renew"),
    onSuccess: (feed) => queryClient.setQueryData(feedKey, feed),
  });
}

export function usePlaceGuest(guestToken: string) {
  return useMutation({
    mutationFn: (time_zone: string) =>
      request<GuestView>("PUT", "/api/guest/time-zone", { body: { time_zone }, guestToken }),
  });
}

export function useNameGuest(guestToken: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => request<GuestView>("PUT", "/api/guest", { body: { name }, guestToken }),
    onSuccess: (view) => queryClient.setQueryData(liveQueryKey("guest.view", {}), view),
  });
}
