/** What a person wants to see of the stage: the layout, remembered for other calls, and one pinned tile, for this one. */
import { useCallback, useState } from "react";
import { LAYOUTS, type Layout } from "./composition";
import { rememberedLayout, rememberLayout } from "./memory";

export interface StageView {
  layout: Layout;
  setLayout: (layout: Layout) => void;
  pinned: string | undefined;
  /** Pins it, or lets it go if it is the pinned one. */
  pin: (key: string) => void;
}

export function useStageView(): StageView {
  const [layout, choose] = useState<Layout>(
    () => LAYOUTS.find((each) => each === rememberedLayout()) ?? "auto",
  );
  const [pinned, setPinned] = useState<string>();
  const setLayout = useCallback((next: Layout) => {
    choose(next);
    rememberLayout(next);
    setPinned(undefined);
  }, []);
  const pin = useCallback((key: string) => setPinned((now) => (now === key ? undefined : key)), []);
  return { layout, setLayout, pinned, pin };
}
