/** The room is dark unless someone chose otherwise here, because faces and code read best that way; elsewhere the page's own theme holds. */
import { useEffect, useState } from "react";
import { setTheme, useTheme } from "@/hooks/use-theme";

const KEY = "interview-stream.room-theme";

export function useRoomTheme(): { isDark: boolean; setDark: (isDark: boolean) => void } {
  const pageTheme = useTheme();
  const [isDark, setDark] = useState(() => {
    try {
      return localStorage.getItem(KEY) !== "light";
    } catch {
      return true;
    }
  });
  useEffect(() => {
    document.documentElement.classList.toggle("dark", isDark);
    // Setting the page's theme to what it is puts its colours back.
    return () => setTheme(pageTheme);
  }, [isDark, pageTheme]);
  const choose = (next: boolean) => {
    setDark(next);
    try {
      localStorage.setItem(KEY, next ? "dark" : "light");
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  };
  return { isDark, setDark: choose };
}
