// A song that was chosen but is no project yet, kept in the browser: it survives a reload, and signing up.

export interface SongDraft {
  readonly file: File;
  /** Where its upload goes on. */
  readonly uploadUrl: string | null;
  readonly uploadId: string | null;
  readonly title: string;
  readonly artist: string;
  readonly lyrics: string;
  readonly lyricsName: string;
  readonly rights: boolean;
}

const DATABASE = "melodyvision";
const STORE = "drafts";
const KEY = "song";

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function run<T>(
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T | undefined> {
  // Private windows may have no such storage: then the draft lives as long as the page.
  const database = await open().catch(() => null);
  if (!database) return undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      const request = work(database.transaction(STORE, mode).objectStore(STORE));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  } catch {
    return undefined;
  } finally {
    database.close();
  }
}

export function loadDraft(): Promise<SongDraft | undefined> {
  return run<SongDraft>("readonly", (store) => store.get(KEY));
}

export async function saveDraft(draft: SongDraft): Promise<void> {
  await run("readwrite", (store) => store.put(draft, KEY));
}

export async function dropDraft(): Promise<void> {
  await run("readwrite", (store) => store.delete(KEY));
}
