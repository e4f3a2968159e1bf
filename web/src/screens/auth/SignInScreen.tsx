import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { auth } from "@/messages/auth";
import { AuthCard } from "./AuthCard";
import { OtherAccounts } from "./OtherAccounts";
import { SignInForm } from "./SignInForm";

export function SignInScreen() {
  const { next, error } = useSearch({ from: "/auth/sign-in" });
  const navigate = useNavigate();
  return (
    <AuthCard
      title={auth.signInTitle}
      text={auth.signInText}
      below={
        <>
          {auth.noAccount}{" "}
          <Link to="/sign-up" search={{ next }} className="text-ember underline-offset-4 hover:underline">
            {auth.signUp}
          </Link>
        </>
      }
    >
      {error && (
        <p role="alert" className="mb-4 text-danger">
          {auth.oauthFailed}
        </p>
      )}
      <SignInForm
        onSignedIn={(user) =>
          void navigate({ href: next ?? (user.onboarding_completed ? "/home" : "/onboarding"), replace: true })
        }
      />
      <OtherAccounts next={next} />
    </AuthCard>
  );
}
