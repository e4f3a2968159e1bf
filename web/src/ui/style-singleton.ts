// Stands in for `react-style-singleton`, which Radix' scroll lock uses. That one writes a style element, which the content
// policy blocks; a constructed style sheet is not blocked.

import { useEffect } from "react";

interface Sheet {
  users: number;
  readonly sheet: CSSStyleSheet;
}

const sheets = new Map<string, Sheet>();

function adopt(css: string): () => void {
  const known = sheets.get(css) ?? { users: 0, sheet: new CSSStyleSheet() };
  if (known.users === 0) {
    known.sheet.replaceSync(css);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, known.sheet];
    sheets.set(css, known);
  }
  known.users += 1;
  return () => {
    known.users -= 1;
    if (known.users > 0) return;
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== known.sheet);
    sheets.delete(css);
  };
}

function useStyle(styles: string): void {
  useEffect(() => adopt(styles), [styles]);
}

function Style({ styles }: { readonly styles: string; readonly dynamic?: boolean }): null {
  useStyle(styles);
  return null;
}

// Sheets are told apart by what they say, so every caller can have the same hook and component.
export const styleHookSingleton = () => useStyle;
export const styleSingleton = () => Style;
