/** Where meetings of one day are drawn: minutes from its start, and columns for those that overlap. Pure. */

export interface Planned {
  id: string;
  start: Date;
  minutes: number;
}

export interface Block {
  id: string;
  /** Minutes from the start of the day, within it. */
  from: number;
  to: number;
  column: number;
  columns: number;
}

const DAY = 24 * 60;
const WORK_FROM = 8;
const WORK_TO = 18;

export function minutesIntoDay(moment: Date): number {
  return moment.getHours() * 60 + moment.getMinutes();
}

/** Side by side where they overlap, each taking the first column that is free again. */
export function dayBlocks<T extends Planned>(planned: readonly T[]): (T & Block)[] {
  const blocks = planned
    .map((each) => {
      const from = minutesIntoDay(each.start);
      return { ...each, from, to: Math.min(DAY, from + each.minutes), column: 0, columns: 1 };
    })
    .sort((a, b) => a.from - b.from || b.to - a.to);
  let cluster: (T & Block)[] = [];
  let clusterEnd = 0;
  const close = () => {
    const columns = 1 + Math.max(0, ...cluster.map(({ column }) => column));
    for (const block of cluster) block.columns = columns;
    cluster = [];
  };
  for (const block of blocks) {
    if (block.from >= clusterEnd) close();
    const taken = new Set(cluster.filter(({ to }) => to > block.from).map(({ column }) => column));
    while (taken.has(block.column)) block.column++;
    cluster.push(block);
    clusterEnd = Math.max(clusterEnd, block.to);
  }
  close();
  return blocks;
}

/** The hours of work, and as much more as the meetings need. */
export function hoursShown(blocks: readonly Block[]): { first: number; last: number } {
  const first = Math.min(WORK_FROM, ...blocks.map(({ from }) => Math.floor(from / 60)));
  const last = Math.max(WORK_TO, ...blocks.map(({ to }) => Math.ceil(to / 60)));
  return { first, last };
}
