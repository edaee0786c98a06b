export function CallPage({ interviewId }: { interviewId: string; guestToken?: string }) {
  return <main>{interviewId}</main>;
}
