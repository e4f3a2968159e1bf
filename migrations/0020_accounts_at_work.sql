-- What the accounts' routes ask for: credits, the audit log for admins, permits of a limit.

-- The credits a person has left, for themselves, the gate and jobs. A credit is a cent; what is less than one is not
-- shown.
CREATE FUNCTION user_credits(person uuid) RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$
    SELECT coalesce(div(sum(amount), 10000), 0)::bigint FROM credit_entries
    WHERE user_id = person AND account = 'balance' AND (app_user_id() IS NULL OR app_user_id() = person)
  $$;
REVOKE ALL ON FUNCTION user_credits(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION user_credits(uuid) TO mv_app, mv_gate, mv_worker;

-- Admins read everybody's entries through the gate.
CREATE POLICY gate_read ON audit_logs FOR SELECT TO mv_gate USING (true);
GRANT SELECT ON audit_logs TO mv_gate;

-- Gives up to `wanted` permits, never more than the limit leaves. One row's lock puts those who ask in line.
CREATE FUNCTION take_permits(of_bucket text, of_subject text, this_window timestamptz, last_window timestamptz,
    passed double precision, most bigint, wanted bigint, OUT granted bigint, OUT hits bigint, OUT previous bigint)
  LANGUAGE plpgsql SET search_path = public
  AS $$
  DECLARE
    counted rate_limits%ROWTYPE;
  BEGIN
    INSERT INTO rate_limits AS r (bucket, subject, window_start, hits) VALUES (of_bucket, of_subject, this_window, 0)
      ON CONFLICT (bucket, subject) DO UPDATE SET
        previous_hits = CASE WHEN r.window_start >= this_window THEN r.previous_hits
          WHEN r.window_start = last_window THEN r.hits ELSE 0 END,
        hits = CASE WHEN r.window_start >= this_window THEN r.hits ELSE 0 END,
        window_start = greatest(r.window_start, this_window)
      RETURNING * INTO counted;
    granted := greatest(0, least(wanted,
      floor(most - counted.hits - counted.previous_hits * (1 - passed))::bigint));
    IF granted > 0 THEN
      UPDATE rate_limits r SET hits = r.hits + granted WHERE r.bucket = of_bucket AND r.subject = of_subject;
    END IF;
    hits := counted.hits + granted;
    previous := counted.previous_hits;
  END
  $$;
REVOKE ALL ON FUNCTION take_permits(text, text, timestamptz, timestamptz, double precision, bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION take_permits(text, text, timestamptz, timestamptz, double precision, bigint, bigint)
  TO mv_gate;
