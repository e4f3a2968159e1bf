// The documents about using this server, and the parts of each in order.

export const LEGAL = {
  terms: ["what", "yours", "people", "services", "money", "forbidden", "ends", "warranty"],
  privacy: ["kept", "sent", "cookies", "shared", "deleted", "rights", "security"],
  licences: ["product", "made", "parts"],
} as const;

export type LegalDoc = keyof typeof LEGAL;

export function isLegalDoc(name: string): name is LegalDoc {
  return name in LEGAL;
}
