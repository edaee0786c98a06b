/** A greeting for the time of day, by the first name. */
export function greeting(name: string, now: Date): string {
  const hour = now.getHours();
  const words =
    hour >= 5 && hour < 12 ? "Good morning" : hour >= 12 && hour < 18 ? "Good afternoon" : "Good evening";
  const first = name.trim().split(/\s+/)[0];
  return first ? `${words}, ${first}` : words;
}
