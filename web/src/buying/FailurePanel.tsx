import { type Failure, failureWith, type Otherwise } from "@/api/failure";
import "@/messages/failures";
import { ErrorPanel } from "@/ui/ErrorPanel";

export interface FailurePanelProps {
  readonly failure: Failure;
  readonly otherwise: Otherwise;
  readonly onRetry?: () => void;
  readonly compact?: boolean;
  readonly className?: string;
}

export function FailurePanel({ failure, otherwise, ...panel }: FailurePanelProps) {
  return <ErrorPanel error={failureWith(failure, otherwise)} {...panel} />;
}
