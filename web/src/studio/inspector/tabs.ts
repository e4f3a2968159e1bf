export const INSPECTOR_TABS = ["direct", "cast", "versions", "notes"] as const;
export type InspectorTab = (typeof INSPECTOR_TABS)[number];
