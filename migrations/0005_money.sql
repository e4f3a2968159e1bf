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

-- Double entry, in millionths of a US dollar: the rows of a transfer add up to zero, and nothing is ever changed. The
-- accounts of a person are what they may spend (`balance`), what open calls have set aside (`reserved`) and what calls
-- have cost (`spent`); where it comes from and goes to are `granted`, `expired`, `refunded` and `overrun`, which is what
-- calls cost above what the person had: the house bears it. A balance is a sum.
CREATE TABLE credit_entries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  transfer_id uuid NOT NULL,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  account varchar(20) NOT NULL
    CHECK (account IN ('balance', 'reserved', 'spent', 'granted', 'expired', 'refunded', 'overrun')),
  amount bigint NOT NULL CHECK (amount <> 0),
  reason varchar(40) NOT NULL,
  paid_call_id uuid,
  note text,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_credit_entries_user ON credit_entries (user_id, account) INCLUDE (amount);
CREATE INDEX idx_credit_entries_recent ON credit_entries (user_id, id DESC);
-- A transfer moves each account once: one that is asked for again under its own id is not booked again.
CREATE UNIQUE INDEX credit_entries_transfer ON credit_entries (transfer_id, account);
-- A call is reserved for once and settled once.
CREATE UNIQUE INDEX credit_entries_once ON credit_entries (paid_call_id, reason, account);
CALL protect_own('credit_entries', 'SELECT');
-- Entries go with their person alone.
REVOKE UPDATE, DELETE ON credit_entries FROM mv_worker;

CREATE FUNCTION transfers_balance() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
  AS $$
  BEGIN
    IF (SELECT sum(amount) FROM credit_entries WHERE transfer_id = NEW.transfer_id) <> 0 THEN
      RAISE EXCEPTION 'transfer % does not add up to zero', NEW.transfer_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'transfers_balance', TABLE = 'credit_entries';
    END IF;
    IF NEW.amount < 0 AND NEW.account IN ('balance', 'reserved') THEN
      -- Whoever else takes from this person's credits waits here, then counts what was taken.
      PERFORM FROM users WHERE id = NEW.user_id FOR NO KEY UPDATE;
      IF (SELECT sum(amount) FROM credit_entries WHERE user_id = NEW.user_id AND account = NEW.account) < 0 THEN
        RAISE EXCEPTION 'user % has too few credits', NEW.user_id
          USING ERRCODE = 'check_violation', CONSTRAINT = 'credits_never_negative', TABLE = 'credit_entries';
      END IF;
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

-- One call that may cost money. Amounts are millionths of a US dollar.
CREATE TABLE paid_calls (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  project_id uuid REFERENCES projects (id) ON DELETE SET NULL,
  job_id uuid,
  -- The errand that it is for, when it is for no film.
  task_id uuid,
  scene_id uuid REFERENCES scenes (id) ON DELETE SET NULL,
  -- Whose test pictures it is for.
  character_id uuid REFERENCES character_profiles (id) ON DELETE SET NULL,
  step_key varchar(64) NOT NULL,
  -- Which try of its step it is, from 0.
  ordinal integer NOT NULL CHECK (ordinal >= 0),
  idem_key varchar(64) NOT NULL CHECK (idem_key ~ '^[A-Za-z0-9-]{8,64}$'),
  capability varchar(20) NOT NULL
    CHECK (capability IN ('image', 'edit', 'clip', 'vision', 'text', 'transcription')),
  provider varchar(50) NOT NULL,
  model varchar(100) NOT NULL,
  -- Why it is this model's turn, when it was not the first choice.
  because text,
  request_hash varchar(64) NOT NULL,
  funding varchar(20) NOT NULL CHECK (funding IN ('own', 'house', 'credits')),
  estimate_micros bigint NOT NULL CHECK (estimate_micros >= 0),
  -- What it cost, known when it ended.
  cost_micros bigint CONSTRAINT paid_calls_cost_is_positive CHECK (cost_micros >= 0),
  -- What counts against a cap: the estimate while it is open, the cost from then on.
  committed_micros bigint GENERATED ALWAYS AS (coalesce(cost_micros, estimate_micros)) STORED,
  state varchar(20) NOT NULL DEFAULT 'reserved'
    CHECK (state IN ('reserved', 'submitting', 'submitted', 'succeeded', 'failed', 'unknown')),
  provider_job_id text,
  -- What the service calls it in a webhook that was checked: a proof that it was taken in, when its answer was lost.
  heard_job_id text,
  -- How often it was sent, or was about to be, and when last.
  attempts integer NOT NULL DEFAULT 0,
  sent_at timestamptz,
  holder varchar(100),
  lease_until timestamptz,
  fence bigint NOT NULL DEFAULT 1,
  result jsonb,
  error jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  CONSTRAINT paid_calls_idem_key UNIQUE (idem_key),
  CONSTRAINT paid_calls_ordinal UNIQUE (user_id, step_key, ordinal),
  CONSTRAINT paid_calls_settled CHECK ((state IN ('succeeded', 'failed')) = (cost_micros IS NOT NULL)
    AND (cost_micros IS NULL) = (finished_at IS NULL)),
  CONSTRAINT paid_calls_submitted CHECK (state <> 'submitted' OR provider_job_id IS NOT NULL)
);
CREATE INDEX idx_paid_calls_user ON paid_calls (user_id, created_at DESC);
CREATE INDEX idx_paid_calls_project ON paid_calls (project_id) INCLUDE (committed_micros);
CREATE INDEX idx_paid_calls_job ON paid_calls (job_id) INCLUDE (committed_micros);
CREATE INDEX idx_paid_calls_task ON paid_calls (task_id) INCLUDE (committed_micros) WHERE task_id IS NOT NULL;
CREATE INDEX idx_paid_calls_scene ON paid_calls (scene_id);
CREATE INDEX idx_paid_calls_character ON paid_calls (character_id) INCLUDE (cost_micros);
CREATE INDEX idx_paid_calls_provider_job ON paid_calls (provider, provider_job_id);
CREATE INDEX idx_paid_calls_open ON paid_calls (lease_until)
  WHERE state IN ('reserved', 'submitting', 'submitted', 'unknown');
-- Two tries of one step are never open at once: both might be paid for.
CREATE UNIQUE INDEX paid_calls_one_open ON paid_calls (user_id, step_key) WHERE state NOT IN ('succeeded', 'failed');
CREATE TRIGGER paid_calls_note_update BEFORE UPDATE ON paid_calls FOR EACH ROW EXECUTE FUNCTION note_update();
CALL protect_own('paid_calls', 'SELECT');
REVOKE DELETE ON paid_calls FROM mv_worker;

-- A call goes from state to state as money does, whatever a program forgets: what ended never begins again.
CREATE FUNCTION paid_calls_go_on() RETURNS trigger
  LANGUAGE plpgsql
  AS $$
  BEGIN
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
      ('reserved', 'submitting'), ('reserved', 'failed'),
      ('submitting', 'reserved'), ('submitting', 'submitted'), ('submitting', 'succeeded'), ('submitting', 'failed'),
      ('submitting', 'unknown'),
      ('submitted', 'succeeded'), ('submitted', 'failed'), ('submitted', 'unknown'),
      ('unknown', 'reserved'), ('unknown', 'submitted'), ('unknown', 'succeeded'), ('unknown', 'failed'))
    THEN
      RAISE EXCEPTION 'a call does not go from % to %', OLD.state, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'paid_calls_go_on', TABLE = 'paid_calls';
    END IF;
    IF NEW.fence < OLD.fence OR NEW.idem_key <> OLD.idem_key OR NEW.user_id <> OLD.user_id
      OR NEW.funding <> OLD.funding OR NEW.estimate_micros <> OLD.estimate_micros
      OR (OLD.cost_micros IS NOT NULL AND NEW.cost_micros IS DISTINCT FROM OLD.cost_micros)
    THEN
      RAISE EXCEPTION 'what a call was booked as stays'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'paid_calls_stay', TABLE = 'paid_calls';
    END IF;
    RETURN NEW;
  END
  $$;
CREATE TRIGGER paid_calls_go_on BEFORE UPDATE ON paid_calls FOR EACH ROW EXECUTE FUNCTION paid_calls_go_on();
CREATE FUNCTION paid_calls_begin() RETURNS trigger
  LANGUAGE plpgsql
  AS $$
  BEGIN
    RAISE EXCEPTION 'a call begins reserved'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'paid_calls_begin', TABLE = 'paid_calls';
  END
  $$;
CREATE TRIGGER paid_calls_begin BEFORE INSERT ON paid_calls FOR EACH ROW
  WHEN (NEW.state <> 'reserved' OR NEW.provider_job_id IS NOT NULL) EXECUTE FUNCTION paid_calls_begin();

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

-- The price of looking at a character's photos and making its test pictures; of a new one where none is named.
CREATE TABLE character_quotes (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  character_id uuid REFERENCES character_profiles (id) ON DELETE CASCADE,
  config jsonb NOT NULL,
  lines jsonb NOT NULL,
  total_usd numeric(12, 4) NOT NULL,
  estimated_seconds integer NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX idx_character_quotes_user ON character_quotes (user_id);
CREATE INDEX idx_character_quotes_character ON character_quotes (character_id);
CREATE INDEX idx_character_quotes_expires ON character_quotes (expires_at);
CALL protect_own('character_quotes', 'SELECT, INSERT');

-- A person's own keys for outside services, sealed. Requests write what is sealed and never read it.
CREATE TABLE provider_keys (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  provider varchar(50) NOT NULL,
  -- The last characters.
  hint varchar(8) NOT NULL,
  sealed bytea NOT NULL,
  set_at timestamptz NOT NULL DEFAULT now(),
  checked_at timestamptz,
  -- Why the service does not take it.
  error text,
  CONSTRAINT provider_keys_one_each UNIQUE (user_id, provider)
);
CALL protect_own('provider_keys', 'SELECT (id, user_id, provider, hint, set_at, checked_at, error), INSERT, DELETE');
GRANT UPDATE (sealed, hint, set_at, checked_at, error) ON provider_keys TO mv_app;

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

-- The time zone of this name; UTC where there is none.
CREATE FUNCTION known_zone(zone text) RETURNS text
  LANGUAGE plpgsql STABLE
  AS $$
  BEGIN
    PERFORM now() AT TIME ZONE zone;
    RETURN zone;
  EXCEPTION WHEN invalid_parameter_value THEN
    RETURN 'UTC';
  END
  $$;
