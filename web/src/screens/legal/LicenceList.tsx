import { legal } from "@/messages/legal";
import { Table } from "@/ui/Table";
import parts from "./licences.gen.json";

export function LicenceList() {
  return (
    <div className="mt-4">
      <Table
        label={legal.licences.parts.title}
        rows={parts}
        rowKey={(part) => part.name}
        columns={[
          { key: "name", head: legal.part, cell: (part) => part.name },
          { key: "licence", head: legal.licence, cell: (part) => part.license },
        ]}
      />
    </div>
  );
}
