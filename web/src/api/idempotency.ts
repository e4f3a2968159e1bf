/** A key that makes a repeated call the same call. `crypto.randomUUID` is missing on plain-HTTP hosts of one's own. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
