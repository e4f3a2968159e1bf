-- What people and their own programs are told: a row a thing that happened, written with what it tells of.

CREATE TABLE notifications (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  -- Their order, and what pages of them are counted by.
  seq bigint GENERATED ALWAYS AS IDENTITY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  -- A `Notice`.
  kind varchar(40) NOT NULL,
  data jsonb NOT NULL,
  -- What it tells of: the same is told once, however often a job runs.
  cause varchar(200) NOT NULL,
  project_id uuid REFERENCES projects (id) ON DELETE CASCADE,
  job_id uuid,
  task_id uuid,
  created_at timestamptz NOT NULL,
  read_at timestamptz,
  CONSTRAINT notifications_once UNIQUE (user_id, kind, cause)
);
CREATE UNIQUE INDEX idx_notifications_user ON notifications (user_id, seq DESC);
CREATE INDEX idx_notifications_unread ON notifications (user_id) WHERE read_at IS NULL;
CREATE INDEX idx_notifications_project ON notifications (project_id);
CREATE INDEX idx_notifications_created ON notifications (created_at);
CALL protect_own('notifications', 'SELECT');
GRANT UPDATE (read_at) ON notifications TO mv_app;

-- Sockets are told when the transaction commits: of new ones, and of those that were read elsewhere. They come seldom
-- enough that those who notify do not wait for each other.
CREATE FUNCTION tell_of_notifications() RETURNS trigger
  LANGUAGE plpgsql SET search_path = public, pg_temp
  AS $$
  BEGIN
    PERFORM tell_progress('notifications', user_id, max(seq)) FROM changed GROUP BY user_id;
    RETURN NULL;
  END
  $$;
CREATE TRIGGER notifications_tell_new AFTER INSERT ON notifications
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tell_of_notifications();
CREATE TRIGGER notifications_tell_read AFTER UPDATE ON notifications
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION tell_of_notifications();

-- Where a person's own programs want to be told, by webhook. The secret that signs them is sealed; requests write it and
-- never read it.
CREATE TABLE webhook_endpoints (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  url text NOT NULL CHECK (length(url) <= 2048),
  description varchar(200) NOT NULL,
  -- Words of `webhook::Event`.
  events text[] NOT NULL,
  enabled boolean NOT NULL DEFAULT true,
  -- Why it is off, where its person did not switch it off: an `EndpointOff`.
  disabled_why varchar(20),
  sealed bytea NOT NULL,
  -- The secret before this one, for as long as both sign.
  old_sealed bytea,
  old_until timestamptz,
  created_at timestamptz NOT NULL,
  -- What became of the last try.
  last_at timestamptz,
  last_status integer,
  last_error text,
  -- Since when nothing got through.
  failing_since timestamptz,
  CONSTRAINT webhook_endpoints_old CHECK ((old_sealed IS NULL) = (old_until IS NULL))
);
CREATE INDEX idx_webhook_endpoints_user ON webhook_endpoints (user_id);
CALL protect_own('webhook_endpoints', 'SELECT (id, user_id, url, description, events, enabled, disabled_why, old_until,
  created_at, last_at, last_status, last_error, failing_since), INSERT, DELETE');
GRANT UPDATE (url, description, events, enabled, disabled_why, failing_since) ON webhook_endpoints TO mv_app;

-- Puts a new secret in place of the one that signs, which goes on signing beside it for a while. Who asks cannot read
-- either.
CREATE FUNCTION rotate_webhook_secret(endpoint uuid, sealed_anew bytea, until timestamptz) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
  BEGIN
    UPDATE webhook_endpoints SET old_sealed = sealed, old_until = until, sealed = sealed_anew
    WHERE id = endpoint AND user_id = app_user_id();
    RETURN FOUND;
  END
  $$;
REVOKE ALL ON FUNCTION rotate_webhook_secret(uuid, bytea, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rotate_webhook_secret(uuid, bytea, timestamptz) TO mv_app;

-- What is to be told to an endpoint, and how that went. Its id is that of the message: the same however often it is tried.
CREATE TABLE webhook_deliveries (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  endpoint_id uuid NOT NULL REFERENCES webhook_endpoints (id) ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  event varchar(40) NOT NULL,
  -- What it tells of: the same is told once.
  cause varchar(200) NOT NULL,
  -- As it is sent, byte for byte.
  body text NOT NULL,
  -- `dropped`: the endpoint was off by then.
  state varchar(20) NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed', 'dropped')),
  -- Tries since it was told, or told again by hand.
  tries integer NOT NULL DEFAULT 0,
  -- The last of them, a `{at, status, error, milliseconds, answer}` each.
  attempts jsonb NOT NULL DEFAULT '[]',
  created_at timestamptz NOT NULL,
  next_at timestamptz,
  finished_at timestamptz,
  CONSTRAINT webhook_deliveries_once UNIQUE (endpoint_id, event, cause)
);
CREATE INDEX idx_webhook_deliveries_endpoint ON webhook_deliveries (endpoint_id, created_at DESC, id);
CREATE INDEX idx_webhook_deliveries_user ON webhook_deliveries (user_id);
CREATE INDEX idx_webhook_deliveries_created ON webhook_deliveries (created_at);
CALL protect_own('webhook_deliveries', 'SELECT, INSERT');
GRANT UPDATE (state, tries, next_at, finished_at) ON webhook_deliveries TO mv_app;
