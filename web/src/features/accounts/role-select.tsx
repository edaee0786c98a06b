import type { Role } from "@/api/types";
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from "@/components/ui/select";
import { roleWords } from "./roles";

interface RoleSelectProps {
  value: Role;
  roles: Role[];
  onChange: (role: Role) => void;
  label?: string;
  id?: string;
  disabled?: boolean;
  className?: string;
}

export function RoleSelect({ value, roles, onChange, label, id, disabled, className }: RoleSelectProps) {
  return (
    <Select value={value} onValueChange={(next) => onChange(next as Role)} disabled={disabled}>
      <SelectTrigger id={id} aria-label={label} className={className}>
        <SelectValue>{roleWords[value].label}</SelectValue>
      </SelectTrigger>
      <SelectContent>
        {roles.map((role) => (
          <SelectItem key={role} value={role}>
            {roleWords[role].label}
            <span className="text-muted-foreground text-xs">{roleWords[role].says}</span>
          </SelectItem>
        ))}
      </SelectContent>
    </Select>
  );
}
