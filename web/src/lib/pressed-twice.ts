/** How long after it was done a second press still means the first one: the page is about to change. */
const SAME_PRESS_MS = 1000;

/** Makes a double click or a second Enter one act: it gets the promise of the first. After a failure the next press counts. */
export function oncePerPress<Wanted, Made>(act: (wanted: Wanted) => Promise<Made>) {
  let running: Promise<Made> | undefined;
  const release = () => {
    running = undefined;
  };
  return (wanted: Wanted): Promise<Made> => {
    if (running === undefined) {
      running = act(wanted);
      running.then(() => setTimeout(release, SAME_PRESS_MS), release);
    }
    return running;
  };
}
