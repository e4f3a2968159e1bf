// The photos of a character that is being made: each is judged and sent as soon as it is chosen.

import { useEffect, useRef, useState } from "react";
import { judgePhoto, type PhotoVerdict } from "@/media/judge-photo";
import { ResumableUpload, type UploadState } from "@/media/upload";

export interface Photo {
  readonly key: number;
  readonly preview: string;
  readonly verdict: PhotoVerdict | null;
  readonly upload: ResumableUpload;
  readonly state: UploadState;
}

export const MOST_PHOTOS = 5;

export function usePhotos() {
  const [photos, setPhotos] = useState<readonly Photo[]>([]);
  const next = useRef(0);
  const latest = useRef(photos);
  latest.current = photos;
  // What was chosen and not used is freed with the page.
  useEffect(
    () => () => {
      for (const photo of latest.current) URL.revokeObjectURL(photo.preview);
    },
    [],
  );

  const change = (key: number, part: Partial<Photo>) =>
    setPhotos((before) => before.map((photo) => (photo.key === key ? { ...photo, ...part } : photo)));

  function add(files: readonly File[]): void {
    for (const file of files
      .filter((one) => one.type.startsWith("image/"))
      .slice(0, MOST_PHOTOS - latest.current.length)) {
      next.current += 1;
      const key = next.current;
      const upload = new ResumableUpload(file, "photo");
      upload.onChange(() => change(key, { state: upload.state }));
      const photo: Photo = { key, preview: URL.createObjectURL(file), verdict: null, upload, state: upload.state };
      setPhotos((before) => [...before, photo]);
      void judgePhoto(file).then((verdict) => {
        change(key, { verdict });
        if (verdict !== "unreadable") upload.start();
      });
    }
  }

  function remove(key: number): void {
    const photo = latest.current.find((one) => one.key === key);
    if (!photo) return;
    URL.revokeObjectURL(photo.preview);
    void photo.upload.cancel();
    setPhotos((before) => before.filter((one) => one.key !== key));
  }

  return { photos, add, remove };
}
