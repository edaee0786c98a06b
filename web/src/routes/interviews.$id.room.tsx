import { createFileRoute } from "@tanstack/react-router";
import { requireMember } from "@/api/session";
import { Pictures } from "@/components/pictures";
import { CallPage } from "@/features/call/call-page";
import { NotesPanel } from "@/features/evaluations/notes-panel";
import { KitPanel } from "@/features/kits/kit-panel";

export const Route = createFileRoute("/interviews/$id/room")({
  beforeLoad: ({ context, location }) => requireMember(context.queryClient, location.href),
  component: RoomRoute,
});

function RoomRoute() {
  const { id } = Route.useParams();
  return (
    <Pictures>
      <CallPage
        key={id}
        interviewId={id}
        notes={
          <>
            <KitPanel interviewId={id} isInCall />
            <NotesPanel interviewId={id} isInCall />
          </>
        }
      />
    </Pictures>
  );
}
