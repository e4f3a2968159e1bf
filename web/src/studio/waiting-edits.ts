// Edits that wait for the server, in IndexedDB: they outlive the tab, and reach the server when it is back.

import type { EditStore, QueuedEdit } from "@/engine/patch-queue";
import type { Op } from "./scene";

const DATABASE = "mv-studio";
const TABLE = "waiting-edits";

type Row = QueuedEdit<Op> & { readonly project: string };

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      const table = request.result.createObjectStore(TABLE, { keyPath: "key" });
      table.createIndex("project", "project");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Where a browser has no such store (private windows), edits wait in this tab alone. */
export function waitingEdits(project: string): EditStore<Op> {
  let database: Promise<IDBDatabase> | null = null;
  const table = async (mode: IDBTransactionMode) => {
    database ??= open();
    return (await database).transaction(TABLE, mode).objectStore(TABLE);
  };
  const quietly = async <T>(work: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await work();
    } catch {
      return otherwise;
    }
  };
  return {
    load: () =>
      quietly(async () => {
        const rows = (await done((await table("readonly")).index("project").getAll(project))) as Row[];
        return rows.map(({ project: _, ...edit }) => edit);
      }, []),
    put: (edit) =>
      quietly(async () => {
        await done((await table("readwrite")).put({ ...edit, project } satisfies Row));
      }, undefined),
    remove: (key) =>
      quietly(async () => {
        await done((await table("readwrite")).delete(key));
      }, undefined),
  };
}
