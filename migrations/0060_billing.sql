-- What payments brought, and how fresh the news of a subscription is. Stripe's own state rules; these rows follow it.

-- When its payments began to fail: grace counts from here.
ALTER TABLE subscriptions ADD past_due_since timestamptz;

-- Credits that were paid for, once for each invoice or checkout. Amounts are millionths of a US dollar, what was paid is in
-- whole minor units of its currency.
CREATE TABLE credit_grants (
  -- The transfer that booked it.
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  kind varchar(20) NOT NULL CHECK (kind IN ('plan', 'pack')),
  -- Stripe's id of the invoice or the checkout.
  source varchar(255) NOT NULL,
  payment_intent varchar(255),
  amount bigint NOT NULL CHECK (amount > 0),
  paid_minor bigint NOT NULL CHECK (paid_minor >= 0),
  currency varchar(3),
  granted_at timestamptz NOT NULL,
  -- NULL never runs out.
  expires_at timestamptz,
  -- What ran out of it, and when nothing was left that could.
  expired bigint NOT NULL DEFAULT 0,
  expired_at timestamptz,
  -- What went back of what was paid, or is disputed; what was taken back for it, and what could not be.
  refunded_minor bigint NOT NULL DEFAULT 0,
  disputed boolean NOT NULL DEFAULT false,
  taken_back bigint NOT NULL DEFAULT 0,
  owed bigint NOT NULL DEFAULT 0,
  CONSTRAINT credit_grants_once UNIQUE (source),
  CONSTRAINT credit_grants_add_up CHECK (expired >= 0 AND taken_back >= 0 AND owed >= 0
    AND expired + taken_back <= amount)
);
CREATE INDEX idx_credit_grants_user ON credit_grants (user_id, granted_at DESC);
CREATE INDEX idx_credit_grants_payment ON credit_grants (payment_intent);
CREATE INDEX idx_credit_grants_expires ON credit_grants (expires_at) WHERE expired_at IS NULL;
CALL protect_own('credit_grants', 'SELECT');

-- The grant that an entry is about: its booking, what ran out of it, what was taken back.
ALTER TABLE credit_entries ADD grant_id uuid;

-- Reads of a person's state at Stripe, numbered when they begin: one that was overtaken by a later one does not count.
CREATE TABLE billing_reads (
  user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  begun bigint NOT NULL DEFAULT 0,
  applied bigint NOT NULL DEFAULT 0
);
CALL protect('billing_reads');

CREATE INDEX idx_stripe_events_waiting ON stripe_events (received_at) WHERE processed_at IS NULL;
