export function ReviewPage({ recordingId }: { recordingId: string }) {
  return <main>{recordingId}</main>;
}
