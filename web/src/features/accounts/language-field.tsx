import type { Language } from "@/api/types";
import { Field } from "@/components/field";
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from "@/components/ui/select";
import { useNow } from "@/hooks/use-now";
import { isLanguage, LANGUAGES, languageName, localeOf } from "@/lib/locale";
import { clockTime, longDay } from "@/lib/time";

const BROWSERS = "browser";

/** Which English days, times and numbers are written in; what it does is shown by the present moment. */
export function LanguageField({
  value,
  onChange,
  error,
}: {
  value: Language | null;
  onChange: (language: Language | null) => void;
  error?: string;
}) {
  const now = useNow();
  const style = { locale: localeOf(value, navigator.languages) };
  return (
    <Field
      label="Language"
      hint={`Days and times are written as “${longDay(now, style)}, ${clockTime(now, style)}”.`}
      error={error}
    >
      {(control) => (
        <Select value={value ?? BROWSERS} onValueChange={(next) => onChange(isLanguage(next) ? next : null)}>
          <SelectTrigger {...control}>
            <SelectValue />
          </SelectTrigger>
          <SelectContent>
            <SelectItem value={BROWSERS}>As the browser says</SelectItem>
            {LANGUAGES.map((each) => (
              <SelectItem key={each} value={each}>
                {languageName(each)}
              </SelectItem>
            ))}
          </SelectContent>
        </Select>
      )}
    </Field>
  );
}
