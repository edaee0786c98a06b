/** The names by which the pages know the server's shapes; schema.gen.ts is made from the server's own description. */
import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export type Me = Schemas["MeOut"];
export type Interview = Schemas["InterviewOut"];
export type InterviewState = Schemas["InterviewState"];
export type InterviewIn = Schemas["InterviewIn"];
export type InterviewPatch = Schemas["InterviewPatchIn"];
export type InterviewAct = Schemas["Act"];
export type Activity = Schemas["ActivityOut"];
export type InterviewKind = Schemas["InterviewKind"];
export type Observer = Schemas["ObserverOut"];
export type ObserverIn = Schemas["ObserverIn"];
export type Person = Schemas["PersonOut"];
export type GuestView = Schemas["GuestViewOut"];
export type JoinTicket = Schemas["JoinOut"];
export type Recording = Schemas["RecordingOut"];
export type RecordingTrack = Schemas["TrackOut"];
export type Role = Schemas["Role"];
export type AccountSession = Schemas["SessionOut"];
export type SignInProvider = Schemas["SignInProviderOut"];
export type ProfileIn = Schemas["ProfileIn"];
export type AuditEvent = Schemas["AuditEventOut"];
export type AuditPage = Schemas["AuditPageOut"];
export type FailedJob = Schemas["FailedJobOut"];
export type Member = Schemas["MemberOut"];
export type MemberInvitation = Schemas["MemberInvitationOut"];
export type MemberInvitationsIn = Schemas["MemberInvitationsIn"];
export type InvitationLink = Schemas["InvitationLinkOut"];
export type AcceptIn = Schemas["AcceptIn"];
export type OwnerIn = Schemas["OwnerIn"];
export type OwnerLink = Schemas["OwnerLinkOut"];
export type Factors = Schemas["FactorsOut"];
export type Passkey = Schemas["PasskeyOut"];
export type TotpDraft = Schemas["TotpDraftOut"];
