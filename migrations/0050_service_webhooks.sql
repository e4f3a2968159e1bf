-- What services called us back with, as it came, until a worker has looked at it. The address it came to names its call.
CREATE TABLE service_webhooks (
  id uuid PRIMARY KEY,
  call_id uuid NOT NULL REFERENCES paid_calls (id) ON DELETE CASCADE,
  -- Of the body: the same news again is not looked at again.
  digest bytea NOT NULL,
  headers jsonb NOT NULL,
  -- NULL once it was looked at.
  body bytea,
  received_at timestamptz NOT NULL,
  looked_at timestamptz,
  outcome varchar(20)
    CHECK (outcome IN ('heard', 'recovered', 'late', 'other_job', 'forged', 'unreadable', 'unchecked')),
  CONSTRAINT service_webhooks_looked_at CHECK ((outcome IS NULL) = (looked_at IS NULL))
);
-- What was forged, or could not be checked, does not keep the real news out.
CREATE UNIQUE INDEX service_webhooks_once ON service_webhooks (call_id, digest)
  WHERE outcome IS NULL OR outcome NOT IN ('forged', 'unreadable', 'unchecked');
CREATE INDEX idx_service_webhooks_received ON service_webhooks (received_at);
CALL protect('service_webhooks');
-- Whoever knows the address of a call may leave something for it, and see nothing.
CREATE POLICY gate_insert ON service_webhooks FOR INSERT TO mv_gate WITH CHECK (outcome IS NULL);
GRANT INSERT ON service_webhooks TO mv_gate;
