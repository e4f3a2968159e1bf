-- People, how they prove who they are, and what speaks for them.

CREATE TABLE users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  email varchar(255) NOT NULL,
  email_verified boolean NOT NULL DEFAULT false,
  email_verified_at timestamptz,
  password_hash text,
  name varchar(255),
  avatar_url text,
  -- The picture itself, where it was sent here.
  avatar_key text,
  role varchar(20) NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'admin')),

  subscription_plan varchar(50) NOT NULL DEFAULT 'free'
    CHECK (subscription_plan IN ('free', 'indie', 'pro', 'team')),
  subscription_status varchar(50) NOT NULL DEFAULT 'active'
    CHECK (subscription_status IN ('active', 'canceled', 'past_due', 'trialing')),
  subscription_current_period_end timestamptz,
  stripe_customer_id varchar(255) UNIQUE,
  stripe_subscription_id varchar(255),

  onboarding_completed boolean NOT NULL DEFAULT false,
  locale varchar(10) NOT NULL DEFAULT 'ko',
  timezone varchar(50) NOT NULL DEFAULT 'Asia/Seoul',

  -- TOTP: the secret is sealed; it counts only once mfa_enabled_at is set. A code is used once.
  mfa_secret bytea,
  mfa_enabled_at timestamptz,
  mfa_last_step bigint,

  -- Suspended by an admin: signs in no more.
  suspended_at timestamptz,

  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  last_login_at timestamptz,
  -- Soft delete: everything goes for good when the grace period ends.
  deleted_at timestamptz,
  CONSTRAINT users_email_key UNIQUE (email),
  CONSTRAINT users_email_lower CHECK (email = lower(email))
);
CREATE INDEX idx_users_stripe_customer ON users (stripe_customer_id);
CREATE INDEX idx_users_subscription_plan ON users (subscription_plan);
CREATE INDEX idx_users_deleted_at ON users (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE TRIGGER users_note_update BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION note_update();
CALL protect('users');
CREATE POLICY self ON users TO mv_app USING (id = app_user_id()) WITH CHECK (id = app_user_id());
GRANT SELECT ON users TO mv_app;
-- What a person may change of themselves through the API; plan, role and credentials go through the gate.
GRANT UPDATE (name, avatar_url, avatar_key, locale, timezone, onboarding_completed, deleted_at, updated_at) ON users TO mv_app;
CREATE POLICY gate_all ON users TO mv_gate USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON users TO mv_gate;

CREATE TABLE mfa_recovery_codes (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  code_hash bytea NOT NULL,
  used_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT mfa_recovery_codes_unique UNIQUE (user_id, code_hash)
);
CALL protect('mfa_recovery_codes');
CREATE POLICY gate_all ON mfa_recovery_codes TO mv_gate USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON mfa_recovery_codes TO mv_gate;

CREATE TABLE oauth_accounts (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  provider varchar(20) NOT NULL CHECK (provider IN ('google', 'github')),
  -- The provider's own stable id of the person: `sub` or the numeric id, never the address.
  subject varchar(255) NOT NULL,
  email varchar(255),
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz,
  CONSTRAINT oauth_accounts_subject_key UNIQUE (provider, subject),
  CONSTRAINT oauth_accounts_one_each UNIQUE (user_id, provider)
);
CALL protect_own('oauth_accounts', 'SELECT, DELETE');
CREATE POLICY gate_all ON oauth_accounts TO mv_gate USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON oauth_accounts TO mv_gate;

-- Where a browser that went to an OAuth provider picks up again; taken once.
CREATE TABLE oauth_attempts (
  state_hash bytea PRIMARY KEY,
  provider varchar(20) NOT NULL,
  pkce_verifier text NOT NULL,
  nonce text,
  return_to text NOT NULL,
  -- Set when a signed-in person links another account.
  user_id uuid REFERENCES users (id) ON DELETE CASCADE,
  expires_at timestamptz NOT NULL
);
CREATE INDEX idx_oauth_attempts_expires ON oauth_attempts (expires_at);
CALL protect('oauth_attempts');
CREATE POLICY gate_all ON oauth_attempts TO mv_gate USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON oauth_attempts TO mv_gate;

-- A signed-in device. Refresh tokens rotate; one that was used before ends the session.
CREATE TABLE sessions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  refresh_hash bytea NOT NULL,
  -- The token before this one, so that a reply lost on the way can be asked for again within seconds.
  previous_hash bytea,
  rotated_at timestamptz NOT NULL DEFAULT now(),
  ip_address inet,
  user_agent text,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  revoked_why varchar(40),
  CONSTRAINT sessions_refresh_key UNIQUE (refresh_hash)
);
CREATE INDEX idx_sessions_user_id ON sessions (user_id, last_seen_at DESC);
CREATE INDEX idx_sessions_previous ON sessions (previous_hash);
CREATE INDEX idx_sessions_expires ON sessions (expires_at);
CALL protect_own('sessions', 'SELECT');
CREATE POLICY gate_all ON sessions TO mv_gate USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO mv_gate;

-- Hashes of refresh tokens that were rotated away: whoever shows one has stolen it, or has been stolen from.
CREATE TABLE spent_refresh_tokens (
  refresh_hash bytea PRIMARY KEY,
  session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  spent_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_spent_refresh_tokens_session ON spent_refresh_tokens (session_id);
CALL protect('spent_refresh_tokens');
CREATE POLICY gate_all ON spent_refresh_tokens TO mv_gate USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON spent_refresh_tokens TO mv_gate;

-- Links sent by mail, each for one purpose, each used once; only the hash is kept.
CREATE TABLE verification_tokens (
  token_hash bytea PRIMARY KEY,
  user_id uuid REFERENCES users (id) ON DELETE CASCADE,
  purpose varchar(20) NOT NULL
    CHECK (purpose IN ('verify_email', 'reset_password', 'change_email', 'first_admin')),
  -- The address a change of address leads to.
  new_email varchar(255),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  CONSTRAINT verification_tokens_address CHECK ((purpose = 'change_email') = (new_email IS NOT NULL)),
  CONSTRAINT verification_tokens_person CHECK ((purpose = 'first_admin') = (user_id IS NULL))
);
CREATE INDEX idx_verification_tokens_user ON verification_tokens (user_id, purpose);
CREATE INDEX idx_verification_tokens_expires ON verification_tokens (expires_at);
CALL protect('verification_tokens');
CREATE POLICY gate_all ON verification_tokens TO mv_gate USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON verification_tokens TO mv_gate;

CREATE TABLE api_keys (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name varchar(100) NOT NULL,
  -- The first characters, to tell keys apart by sight.
  prefix varchar(16) NOT NULL,
  key_hash bytea NOT NULL,
  scopes text[] NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz,
  expires_at timestamptz,
  revoked_at timestamptz,
  CONSTRAINT api_keys_hash_key UNIQUE (key_hash)
);
CREATE INDEX idx_api_keys_user_id ON api_keys (user_id);
CALL protect_own('api_keys', 'SELECT, INSERT');
GRANT UPDATE (name, revoked_at) ON api_keys TO mv_app;
CREATE POLICY gate_all ON api_keys TO mv_gate USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE ON api_keys TO mv_gate;
