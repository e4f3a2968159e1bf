import { Link } from "@tanstack/react-router";
import { Unlink } from "lucide-react";
import { auth } from "@/messages/auth";
import { buttonStyles } from "@/ui/Button";
import { Empty } from "@/ui/Empty";

export function TokenMissing() {
  return <Empty icon={<Unlink />} title={auth.tokenMissing} action={<BackToSignIn />} />;
}

export function BackToSignIn() {
  return (
    <Link to="/sign-in" className={buttonStyles({ size: "lg" })}>
      {auth.backToSignIn}
    </Link>
  );
}
