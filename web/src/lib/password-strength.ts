/** How hard a password is to guess, by zxcvbn's estimate. Its word lists are large, so they come when first wanted. */
import type { ZxcvbnFactory } from "@zxcvbn-ts/core";

export interface Strength {
  /** 0 is guessed at once, 4 by nobody. */
  score: 0 | 1 | 2 | 3 | 4;
  advice: string;
}

let judge: Promise<ZxcvbnFactory> | undefined;

async function load(): Promise<ZxcvbnFactory> {
  const [core, common, english] = await Promise.all([
    import("@zxcvbn-ts/core"),
    import("@zxcvbn-ts/language-common"),
    import("@zxcvbn-ts/language-en"),
  ]);
  return new core.ZxcvbnFactory({
    dictionary: { ...common.dictionary, ...english.dictionary },
    graphs: common.adjacencyGraphs,
    translations: english.translations,
  });
}

/** Nothing leaves the browser. It looks at the first hundred characters: the time it takes grows with their square. */
export async function strengthOf(password: string): Promise<Strength> {
  judge ??= load().catch((error: unknown) => {
    judge = undefined;
    throw error;
  });
  const { score, feedback } = (await judge).check(password.slice(0, 100), ["interview", "stream"]);
  const advice = [feedback.warning, ...feedback.suggestions].filter(Boolean).slice(0, 2).join(" ");
  return { score, advice };
}
