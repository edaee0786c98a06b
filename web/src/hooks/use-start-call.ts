import { useNavigate } from "@tanstack/react-router";
import { useCreateInterview } from "@/api/interviews";
import { toast, toastProblem } from "@/components/toaster";
import { browserZone, longDay } from "@/lib/time";

/** Copies a text that is still on its way: browsers want the call to happen while the click is fresh. */
async function copyLater(text: Promise<string>): Promise<boolean> {
  try {
    const blob = text.then((value) => new Blob([value], { type: "text/plain" }));
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    return true;
  } catch {
    return false;
  }
}

/** One click to a call: makes an interview for now, copies the candidate's link and opens the interview's page. */
export function useStartCall() {
  const navigate = useNavigate();
  const create = useCreateInterview();
  const startCall = async () => {
    // The day only: the title is the candidate's to read as well, perhaps in another zone.
    const title = `Call on ${longDay(new Date(), {})}`;
    const made = create.mutateAsync({
      title,
      scheduled_for: null,
      duration_minutes: 60,
      kind: "other",
      description: "",
      time_zone: browserZone(),
      is_recording_planned: true,
      admits_automatically: false,
    });
    const copied = copyLater(made.then((interview) => interview.candidate.link_url ?? ""));
    try {
      const interview = await made;
      await navigate({ to: "/interviews/$id", params: { id: interview.id } });
      if (await copied) {
        toast("Your call is ready", { description: "The candidate's link is on your clipboard." });
      }
    } catch (error) {
      toastProblem(error);
    }
  };
  return { startCall, isStarting: create.isPending };
}
