import { Link } from "@tanstack/react-router";
import { AudioLines } from "lucide-react";
import { home } from "@/messages/home";
import { buttonStyles } from "@/ui/Button";
import { Empty } from "@/ui/Empty";

/** What a home without projects shows: the one thing to do. */
export function FirstProject() {
  return (
    <div className="rounded-xl border border-line-strong border-dashed">
      <Empty
        icon={<AudioLines />}
        title={home.emptyTitle}
        text={home.emptyText}
        action={
          <Link to="/new" className={buttonStyles({ tone: "main", size: "lg" })}>
            {home.create}
          </Link>
        }
      />
    </div>
  );
}
