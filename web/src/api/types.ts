/** The names by which the pages know the server's shapes. */

export type InterviewState = "scheduled" | "live" | "ended";
export type RecordingState = "recording" | "processing" | "ready" | "failed";
export type MemberRole = "owner" | "admin" | "interviewer";

export interface Me {
  user: { id: number; name: string; email: string } | null;
  organisation: { id: string; name: string } | null;
  role: MemberRole | null;
  has_owner: boolean;
  version: string;
  public_url: string;
}

export interface Candidate {
  id: string;
  name: string | null;
  email: string | null;
  link_url: string;
  link_expires_at: string;
}

export interface Interview {
  id: string;
  title: string;
  state: InterviewState;
  scheduled_for: string | null;
  duration_minutes: number;
  created_at: string;
  ended_at: string | null;
  created_by: { id: number; name: string };
  candidate: Candidate;
  recordings_count: number;
  is_recording: boolean;
}

export interface GuestView {
  interview: {
    id: string;
    title: string;
    state: InterviewState;
    scheduled_for: string | null;
    duration_minutes: number;
    organisation_name: string;
    interviewers: string[];
  };
  guest: { id: string; name: string | null };
  is_recording: boolean;
}

export interface JoinTicket {
  url: string;
  token: string;
  identity: string;
  name: string;
  role: string;
}

export interface RecordingTrack {
  id: string;
  participant: { identity: string; name: string; role: string };
  kind: "audio" | "video";
  source: "camera" | "microphone" | "screen_share" | "screen_share_audio";
  segment: number;
  state: RecordingState;
  offset_s: number;
  duration_s: number;
  width: number | null;
  height: number | null;
  mime: string;
  size_bytes: number;
  media_url: string;
  download_url: string;
}

export interface Recording {
  id: string;
  interview: { id: string; title: string };
  state: RecordingState;
  started_at: string;
  stopped_at: string | null;
  duration_s: number;
  /** From 0 to 1 while it is processed. */
  progress: number;
  detail: string;
  tracks: RecordingTrack[];
  gaps: { start_s: number; end_s: number }[];
}
