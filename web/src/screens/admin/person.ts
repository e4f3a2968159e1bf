import { admin } from "@/messages/admin";

export const PLANS = ["free", "indie", "pro", "team"] as const;
export const ROLES = ["user", "admin"] as const;

export function planName(plan: string): string {
  return plan in admin.plans ? admin.plans[plan as keyof typeof admin.plans] : plan;
}

export function roleName(role: string): string {
  return role in admin.roles ? admin.roles[role as keyof typeof admin.roles] : role;
}
