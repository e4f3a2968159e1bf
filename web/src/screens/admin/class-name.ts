import { admin } from "@/messages/admin";

/** A class of jobs in words; the server's own word for one that this studio does not know yet. */
export function className(name: string): string {
  return name in admin.classes ? admin.classes[name as keyof typeof admin.classes] : name;
}
