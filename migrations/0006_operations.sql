-- What keeps the service honest and running: audit, limits, replies to repeated calls, the queue's history, objects.

CREATE TABLE audit_logs (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  event_type varchar(100) NOT NULL,
  user_id uuid REFERENCES users (id) ON DELETE SET NULL,
  resource_type varchar(100),
  resource_id varchar(255),
  metadata jsonb NOT NULL DEFAULT '{}',
  ip_address inet,
  user_agent text,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (id, created_at)
) PARTITION BY RANGE (created_at);
CREATE INDEX idx_audit_logs_user_id ON audit_logs (user_id, created_at DESC);
CREATE INDEX idx_audit_logs_event_type ON audit_logs (event_type);
CREATE INDEX idx_audit_logs_created_at ON audit_logs (created_at DESC);
CREATE INDEX idx_audit_logs_resource ON audit_logs (resource_type, resource_id);
CALL protect('audit_logs');
CREATE POLICY own ON audit_logs FOR SELECT TO mv_app USING (user_id = app_user_id());
-- Written by anyone about themselves; about strangers (failed sign-ins) by the gate.
CREATE POLICY write ON audit_logs FOR INSERT TO mv_app WITH CHECK (user_id = app_user_id());
GRANT SELECT, INSERT ON audit_logs TO mv_app;
CREATE POLICY gate_write ON audit_logs FOR INSERT TO mv_gate WITH CHECK (true);
GRANT INSERT ON audit_logs TO mv_gate;

-- Months of the partitioned tables. Called at every start and by a daily job; safe to call at once from many nodes.
CREATE FUNCTION make_partitions(first_month date, months integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
  AS $$
  DECLARE
    parent text;
    month date;
    made integer := 0;
    name text;
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('make_partitions'));
    FOREACH parent IN ARRAY ARRAY['video_jobs', 'audit_logs'] LOOP
      FOR step IN 0..months - 1 LOOP
        month := (date_trunc('month', first_month) + make_interval(months => step))::date;
        name := format('%s_%s', parent, to_char(month, 'YYYY_MM'));
        IF to_regclass(name) IS NULL THEN
          EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
            name, parent, month, (month + interval '1 month')::date);
          -- A partition reached by its own name is as shut as its parent.
          EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
          EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
          made := made + 1;
        END IF;
      END LOOP;
    END LOOP;
    RETURN made;
  END
  $$;
REVOKE ALL ON FUNCTION make_partitions(date, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION make_partitions(date, integer) TO mv_worker;

-- Drops a parent's months that ended before the given day.
CREATE FUNCTION drop_partitions(parent text, before date) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
  AS $$
  DECLARE
    child record;
    dropped integer := 0;
  BEGIN
    IF parent NOT IN ('video_jobs', 'audit_logs') THEN
      RAISE EXCEPTION '% is not partitioned', parent;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('make_partitions'));
    FOR child IN
      SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = parent::regclass
        AND to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month' <= before
    LOOP
      EXECUTE format('DROP TABLE %I', child.relname);
      dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
  END
  $$;
REVOKE ALL ON FUNCTION drop_partitions(text, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drop_partitions(text, date) TO mv_worker;

SELECT make_partitions(now()::date, 3);

-- Sliding windows: how many calls a subject made in the current and the previous window of a limit.
CREATE TABLE rate_limits (
  bucket varchar(40) NOT NULL,
  subject varchar(120) NOT NULL,
  window_start timestamptz NOT NULL,
  hits bigint NOT NULL,
  previous_hits bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (bucket, subject)
) WITH (fillfactor = 50);
CREATE INDEX idx_rate_limits_window ON rate_limits (window_start);
CALL protect('rate_limits');
CREATE POLICY gate_all ON rate_limits TO mv_gate USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON rate_limits TO mv_gate;

-- The answer to an unsafe call, kept a day: the same key again gets the same answer and does nothing twice.
CREATE TABLE idempotency_keys (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  key varchar(255) NOT NULL,
  request_hash bytea NOT NULL,
  status integer,
  headers jsonb,
  body bytea,
  created_at timestamptz NOT NULL DEFAULT now(),
  locked_until timestamptz NOT NULL,
  PRIMARY KEY (user_id, key)
);
CREATE INDEX idx_idempotency_keys_created ON idempotency_keys (created_at);
CALL protect_own('idempotency_keys', 'SELECT, INSERT, UPDATE, DELETE');

-- What became of jobs that left the queue.
CREATE TABLE job_history (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  task varchar(60) NOT NULL,
  queue_job_id bigint,
  -- The queue's number of its first try: what tells that two are tries of one job.
  first_job_id bigint,
  user_id uuid,
  payload jsonb NOT NULL,
  -- `retried`: this try failed, and another was put on the queue.
  outcome varchar(20) NOT NULL CHECK (outcome IN ('complete', 'failed', 'canceled', 'retried')),
  attempts integer NOT NULL,
  error jsonb,
  enqueued_at timestamptz NOT NULL,
  started_at timestamptz NOT NULL,
  finished_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_job_history_finished ON job_history (outcome, finished_at);
CREATE INDEX idx_job_history_task ON job_history (task, finished_at DESC);
CREATE INDEX idx_job_history_first ON job_history (first_job_id);
CREATE INDEX idx_job_history_queue_job ON job_history (queue_job_id);
CALL protect('job_history');

-- Leased places: how many jobs of a class may run at once across all nodes.
CREATE TABLE slots (
  class varchar(40) NOT NULL,
  place integer NOT NULL,
  holder varchar(100),
  leased_until timestamptz NOT NULL DEFAULT '-infinity',
  PRIMARY KEY (class, place)
);
CALL protect('slots');

-- What people do, for the funnel; switched off by whoever asks.
CREATE TABLE events (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name varchar(60) NOT NULL,
  user_id uuid REFERENCES users (id) ON DELETE CASCADE,
  properties jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_events_name ON events (name, created_at);
CREATE INDEX idx_events_user ON events (user_id);
CALL protect('events');
CREATE POLICY write ON events FOR INSERT TO mv_app WITH CHECK (user_id = app_user_id());
GRANT INSERT ON events TO mv_app;

-- Every object we put, and whose it is: what has no owner any more is swept.
CREATE TABLE objects (
  key text PRIMARY KEY,
  user_id uuid REFERENCES users (id) ON DELETE SET NULL,
  bytes bigint NOT NULL,
  media_type varchar(100) NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_objects_user ON objects (user_id);
CREATE INDEX idx_objects_created ON objects (created_at);
CALL protect('objects');
CREATE POLICY own ON objects TO mv_app USING (user_id = app_user_id()) WITH CHECK (user_id = app_user_id());
GRANT SELECT, INSERT, DELETE ON objects TO mv_app;

-- Facts about the whole installation: the first admin's link was used, the key that seals secrets.
CREATE TABLE installation (
  name varchar(60) PRIMARY KEY,
  value jsonb NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
);
CALL protect('installation');
CREATE POLICY gate_all ON installation TO mv_gate USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON installation TO mv_gate;
