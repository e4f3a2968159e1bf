import { Images, Package } from "lucide-react";
import { finish } from "@/messages/finish";
import { DownloadRow } from "./DownloadRow";

/** The stills, or all of the project, to keep or to take to another program. The server packs them while they are sent. */
export function PackageRows({ project, stills }: { readonly project: string; readonly stills: number }) {
  const address = `/api/projects/${project}/package?contents=`;
  return (
    <>
      {stills > 0 && (
        <DownloadRow
          href={`${address}stills`}
          icon={<Images aria-hidden />}
          name={finish.stillsPackage}
          detail={finish.stillsCount({ count: stills })}
        />
      )}
      <DownloadRow
        href={`${address}project`}
        icon={<Package aria-hidden />}
        name={finish.projectPackage}
        detail={finish.projectContents}
      />
    </>
  );
}
