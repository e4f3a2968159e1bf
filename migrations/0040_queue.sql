-- The doors to the queue. Its own tables belong to graphile_worker, whose migrations run after these and whose schema
-- only the owner enters; everybody else goes through the functions here, which run as the owner.
-- They are written in PL/pgSQL because that looks names up when it runs, not when it is created.

-- Puts a job on the queue, in the caller's transaction. A key makes it the only one of that key: one that waits is
-- replaced, one that runs is left to end.
CREATE FUNCTION enqueue_job(task text, payload jsonb, job_key text, run_at timestamptz, priority integer)
  RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
  BEGIN
    -- Attempts are counted by us, in the payload: a crash may give a job back any number of times.
    RETURN (graphile_worker.add_job(task, payload::json, NULL, run_at, 32767, job_key, priority, NULL, 'replace')).id;
  END
  $$;
REVOKE ALL ON FUNCTION enqueue_job(text, jsonb, text, timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION enqueue_job(text, jsonb, text, timestamptz, integer) TO mv_app, mv_gate, mv_worker;

-- Many at once, with one notification. Element i of each array is one job.
CREATE FUNCTION enqueue_jobs(tasks text[], payloads jsonb[], job_keys text[], run_ats timestamptz[], priority integer)
  RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
  DECLARE
    added bigint;
  BEGIN
    SELECT count(*) INTO added FROM graphile_worker.add_jobs(ARRAY(
      SELECT (task, payload::json, NULL, at, 32767, key, priority, NULL)::graphile_worker.job_spec
      FROM unnest(tasks, payloads, job_keys, run_ats) AS specs (task, payload, key, at)
    ));
    RETURN added;
  END
  $$;
REVOKE ALL ON FUNCTION enqueue_jobs(text[], jsonb[], text[], timestamptz[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION enqueue_jobs(text[], jsonb[], text[], timestamptz[], integer) TO mv_app, mv_gate, mv_worker;

-- Takes jobs that nobody runs off the queue, by key; says how many there were.
CREATE FUNCTION dequeue_jobs(job_keys text[]) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
  DECLARE
    removed bigint;
  BEGIN
    DELETE FROM graphile_worker._private_jobs WHERE key = ANY (job_keys) AND locked_at IS NULL;
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
  END
  $$;
REVOKE ALL ON FUNCTION dequeue_jobs(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dequeue_jobs(text[]) TO mv_worker;

-- Takes one job that nobody runs off the queue; says whether there was one.
CREATE FUNCTION remove_job(job bigint) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
  BEGIN
    DELETE FROM graphile_worker._private_jobs WHERE id = job AND locked_at IS NULL;
    RETURN FOUND;
  END
  $$;
REVOKE ALL ON FUNCTION remove_job(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION remove_job(bigint) TO mv_worker;

-- The fence. What a job did counts only if its row is still locked by the worker that did it; taking the row away in
-- the same transaction makes the work and the end of the job one event.
CREATE FUNCTION finish_job(job bigint, worker text) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
  BEGIN
    DELETE FROM graphile_worker._private_jobs WHERE id = job AND locked_by = worker;
    RETURN FOUND;
  END
  $$;
REVOKE ALL ON FUNCTION finish_job(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION finish_job(bigint, text) TO mv_worker;

-- Which of these jobs their workers still hold.
CREATE FUNCTION held_jobs(jobs bigint[], workers text[]) RETURNS SETOF bigint
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
  BEGIN
    RETURN QUERY
      SELECT j.id FROM graphile_worker._private_jobs j
      JOIN unnest(jobs, workers) AS held (id, worker) ON held.id = j.id AND held.worker = j.locked_by;
  END
  $$;
REVOKE ALL ON FUNCTION held_jobs(bigint[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION held_jobs(bigint[], text[]) TO mv_worker;

-- What lies on the queue, for admins and for metrics. A job that was put on it again while a worker held it that then
-- died is never run again: the new one is.
CREATE FUNCTION queue_jobs()
  RETURNS TABLE (id bigint, task text, job_key text, payload jsonb, state text, created_at timestamptz,
    run_at timestamptz, locked_at timestamptz, locked_by text, last_error text)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
  BEGIN
    RETURN QUERY
      SELECT j.id, t.identifier, j.key, j.payload::jsonb,
        CASE
          WHEN j.locked_at IS NOT NULL THEN 'active'
          WHEN j.run_at > now() THEN 'delayed'
          ELSE 'waiting'
        END,
        j.created_at, j.run_at, j.locked_at, j.locked_by, j.last_error
      FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
      WHERE j.locked_at IS NOT NULL OR j.attempts < j.max_attempts;
  END
  $$;
REVOKE ALL ON FUNCTION queue_jobs() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION queue_jobs() TO mv_worker;

-- Takes jobs off the queue that are never run again; says how many there were.
CREATE FUNCTION forget_spent_jobs() RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
  DECLARE
    removed bigint;
  BEGIN
    DELETE FROM graphile_worker._private_jobs WHERE locked_at IS NULL AND attempts >= max_attempts;
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
  END
  $$;
REVOKE ALL ON FUNCTION forget_spent_jobs() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_spent_jobs() TO mv_worker;

-- Puts a job that nobody runs before all that wait; says whether there is one.
CREATE FUNCTION move_job_to_front(job bigint) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
  BEGIN
    UPDATE graphile_worker._private_jobs j SET
      priority = least(j.priority, first.priority),
      run_at = least(now(), first.run_at) - interval '1 millisecond'
    FROM (SELECT coalesce(min(o.priority), 0) AS priority, min(o.run_at) AS run_at
      FROM graphile_worker._private_jobs o WHERE o.locked_at IS NULL) first
    WHERE j.id = job AND j.locked_at IS NULL;
    RETURN FOUND;
  END
  $$;
REVOKE ALL ON FUNCTION move_job_to_front(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION move_job_to_front(bigint) TO mv_worker;

-- Classes whose jobs nobody takes for now.
CREATE TABLE queue_pauses (
  class varchar(40) PRIMARY KEY,
  paused_at timestamptz NOT NULL DEFAULT now(),
  paused_by uuid REFERENCES users (id) ON DELETE SET NULL
);
CALL protect('queue_pauses');

-- Processes that take jobs, as they last told. One that drains takes no more.
CREATE TABLE nodes (
  id uuid PRIMARY KEY,
  name varchar(255) NOT NULL,
  classes text[] NOT NULL,
  in_hand integer NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  seen_at timestamptz NOT NULL DEFAULT now(),
  draining_at timestamptz
) WITH (fillfactor = 50);
CALL protect('nodes');

-- Tokens of a rate that all nodes share: so many starts a minute.
CREATE TABLE buckets (
  name varchar(60) PRIMARY KEY,
  tokens double precision NOT NULL,
  refilled_at timestamptz NOT NULL DEFAULT now()
);
CALL protect('buckets');

-- Takes a token when there is one, else says how long until there is.
CREATE FUNCTION take_token(bucket text, per_minute double precision) RETURNS interval
  LANGUAGE plpgsql SECURITY INVOKER SET search_path = public, pg_temp
  AS $$
  DECLARE
    filled double precision;
  BEGIN
    INSERT INTO buckets (name, tokens) VALUES (bucket, per_minute) ON CONFLICT DO NOTHING;
    SELECT least(per_minute, tokens + per_minute * extract(epoch FROM clock_timestamp() - refilled_at) / 60)
      INTO filled FROM buckets WHERE name = bucket FOR UPDATE;
    IF filled < 1 THEN
      RETURN make_interval(secs => (1 - filled) * 60 / per_minute);
    END IF;
    UPDATE buckets SET tokens = filled - 1, refilled_at = clock_timestamp() WHERE name = bucket;
    RETURN interval '0';
  END
  $$;
REVOKE ALL ON FUNCTION take_token(text, double precision) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION take_token(text, double precision) TO mv_worker;

-- Progress: the newest state of an order or a task, its sequence raised, watchers told. Nothing is lost for good when a
-- crash takes the last moments of it, so the commit does not wait for the disk.
CREATE FUNCTION tell_progress(kind text, id uuid, seq bigint) RETURNS void
  LANGUAGE sql SECURITY INVOKER SET search_path = public, pg_temp
  AS $$
    SELECT pg_notify('mv_progress', json_build_object('kind', kind, 'id', id, 'seq', seq)::text)
  $$;
REVOKE ALL ON FUNCTION tell_progress(text, uuid, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tell_progress(text, uuid, bigint) TO mv_app, mv_worker;
