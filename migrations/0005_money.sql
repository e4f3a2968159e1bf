-- Money: subscriptions, the journal of credits, and every call that costs.

CREATE TABLE subscriptions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  plan varchar(50) NOT NULL CHECK (plan IN ('free', 'indie', 'pro', 'team')),
  status varchar(50) NOT NULL CHECK (status IN ('active', 'canceled', 'past_due', 'trialing', 'incomplete')),
  stripe_subscription_id varchar(255) UNIQUE,
  stripe_customer_id varchar(255),
  stripe_price_id varchar(255),
  current_period_start timestamptz NOT NULL,
  current_period_end timestamptz NOT NULL,
  cancel_at_period_end boolean NOT NULL DEFAULT false,
  canceled_at timestamptz,
  trial_start timestamptz,
  trial_end timestamptz,
  usage jsonb NOT NULL DEFAULT '{}',
  limits jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT one_subscription_per_user UNIQUE (user_id)
);
CREATE INDEX idx_subscriptions_user_id ON subscriptions (user_id);
CREATE INDEX idx_subscriptions_stripe_id ON subscriptions (stripe_subscription_id);
CREATE INDEX idx_subscriptions_status ON subscriptions (status);
CREATE INDEX idx_subscriptions_period_end ON subscriptions (current_period_end);
CREATE TRIGGER subscriptions_note_update BEFORE UPDATE ON subscriptions
  FOR EACH ROW EXECUTE FUNCTION note_update();
CALL protect_own('subscriptions', 'SELECT');

-- Double entry: the rows of a transfer add up to zero, and nothing is ever changed. An account is a person's balance,
-- what is reserved for a call, what was spent, or where credits come from. The balance is a sum.
CREATE TABLE credit_entries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  transfer_id uuid NOT NULL,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  account varchar(20) NOT NULL CHECK (account IN ('balance', 'reserved', 'spent', 'granted', 'expired', 'refunded')),
  amount bigint NOT NULL CHECK (amount <> 0),
  reason varchar(40) NOT NULL,
  paid_call_id uuid,
  note text,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_credit_entries_user ON credit_entries (user_id, account);
CREATE INDEX idx_credit_entries_transfer ON credit_entries (transfer_id);
CALL protect_own('credit_entries', 'SELECT');

CREATE FUNCTION transfers_balance() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
  AS $$
  BEGIN
    IF (SELECT sum(amount) FROM credit_entries WHERE transfer_id = NEW.transfer_id) <> 0 THEN
      RAISE EXCEPTION 'transfer % does not add up to zero', NEW.transfer_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'transfers_balance', TABLE = 'credit_entries';
    END IF;
    IF (SELECT coalesce(sum(amount), 0) FROM credit_entries WHERE user_id = NEW.user_id AND account = 'balance') < 0 THEN
      RAISE EXCEPTION 'user % has too few credits', NEW.user_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'credits_never_negative', TABLE = 'credit_entries';
    END IF;
    RETURN NULL;
  END
  $$;
CREATE CONSTRAINT TRIGGER transfers_balance AFTER INSERT ON credit_entries DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION transfers_balance();
CREATE FUNCTION entries_stay() RETURNS trigger
  LANGUAGE plpgsql
  AS $$
  BEGIN
    RAISE EXCEPTION 'entries of the journal are never changed' USING ERRCODE = 'restrict_violation';
  END
  $$;
CREATE TRIGGER credit_entries_stay BEFORE UPDATE ON credit_entries FOR EACH ROW EXECUTE FUNCTION entries_stay();

-- One call that may cost money; see docs on the ledger for its states.
CREATE TABLE paid_calls (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  project_id uuid REFERENCES projects (id) ON DELETE SET NULL,
  job_id uuid,
  step_key varchar(32) NOT NULL,
  idem_key varchar(64) NOT NULL,
  provider varchar(50) NOT NULL,
  model varchar(100) NOT NULL,
  request_hash varchar(64) NOT NULL,
  estimate_usd numeric(12, 4) NOT NULL CHECK (estimate_usd >= 0),
  state varchar(20) NOT NULL DEFAULT 'reserved'
    CHECK (state IN ('reserved', 'submitting', 'submitted', 'succeeded', 'failed', 'unknown')),
  provider_job_id varchar(255),
  lease_until timestamptz,
  fence bigint NOT NULL DEFAULT 0,
  result jsonb,
  actual_cost_usd numeric(12, 4),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT paid_calls_idem_key UNIQUE (idem_key)
);
CREATE INDEX idx_paid_calls_user ON paid_calls (user_id, created_at DESC);
CREATE INDEX idx_paid_calls_open ON paid_calls (state) WHERE state IN ('reserved', 'submitting', 'submitted', 'unknown');
CREATE TRIGGER paid_calls_note_update BEFORE UPDATE ON paid_calls FOR EACH ROW EXECUTE FUNCTION note_update();
CALL protect_own('paid_calls', 'SELECT');

-- A price with an expiry: what an order refers to.
CREATE TABLE quotes (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  project_id uuid NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  project_version integer NOT NULL,
  config jsonb NOT NULL,
  lines jsonb NOT NULL,
  total_usd numeric(12, 4) NOT NULL,
  estimated_seconds integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
);
CREATE INDEX idx_quotes_user ON quotes (user_id);
CREATE INDEX idx_quotes_expires ON quotes (expires_at);
CALL protect_own('quotes', 'SELECT, INSERT');

-- A person's own keys for outside services, sealed.
CREATE TABLE provider_keys (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  provider varchar(50) NOT NULL,
  sealed bytea NOT NULL,
  hint varchar(8) NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  checked_at timestamptz,
  CONSTRAINT provider_keys_one_each UNIQUE (user_id, provider)
);
CALL protect_own('provider_keys', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE stripe_events (
  id varchar(255) PRIMARY KEY,
  type varchar(100) NOT NULL,
  payload jsonb NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  processed_at timestamptz,
  error text
);
CALL protect('stripe_events');
CREATE POLICY gate_insert ON stripe_events TO mv_gate USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON stripe_events TO mv_gate;
