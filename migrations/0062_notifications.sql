-- What people are told in the studio: a row a thing that happened, written with what it tells of.

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
