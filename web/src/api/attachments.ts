/** Writes on an interview's files and links. The lists come back through the live queries. */
import { useMutation } from "@tanstack/react-query";
import { effect, useAct } from "./acts";
import { request } from "./client";

export function useAddLink(interviewId: string) {
  return useMutation({
    mutationFn: (link: { name: string; url: string }) =>
      request("POST", `/api/interviews/${interviewId}/links`, { body: link }),
  });
}

export function useAskForResume(interviewId: string) {
  return useAct(
    (is_wanted: boolean) =>
      request("PUT", `/api/interviews/${interviewId}/resume-request`, { body: { is_wanted } }),
    [
      effect("interviews.get", { interview_id: interviewId }, (interview, is_resume_wanted: boolean) => ({
        ...interview,
        candidate: { ...interview.candidate, is_resume_wanted },
      })),
    ],
  );
}

export function useRemoveAttachment(id: string, guestToken?: string) {
  return useMutation({ mutationFn: () => request("DELETE", `/api/attachments/${id}`, { guestToken }) });
}

/** Asks for a file's address, which works for some minutes, and goes there: the browser saves the file. */
export function useDownloadAttachment(id: string, guestToken?: string) {
  return useMutation({
    mutationFn: () => request<{ url: string }>("POST", `/api/attachments/${id}/address`, { guestToken }),
    onSuccess: ({ url }) => window.location.assign(url),
  });
}
