-- What people do, for the funnel: written by the tables themselves when it happens, in its transaction, so that nothing is
-- counted that did not happen and no page of ours watches anybody.

-- Whoever says so is not counted.
ALTER TABLE users ADD analytics_opt_out boolean NOT NULL DEFAULT false;
GRANT UPDATE (analytics_opt_out) ON users TO mv_app;

-- What is counted once, such as that somebody fetched a film.
ALTER TABLE events ADD cause varchar(200);
CREATE UNIQUE INDEX events_once ON events (name, cause);
CREATE INDEX idx_events_created ON events (created_at);
-- Requests count through the function below alone.
DROP POLICY write ON events;
REVOKE INSERT ON events FROM mv_app;

-- Counts something, unless the operator or the person wants nothing counted. Of nobody (NULL) it is counted without a name;
-- of somebody by themselves, the gate and jobs alone.
CREATE FUNCTION count_event(event text, person uuid, about jsonb DEFAULT '{}', once text DEFAULT NULL) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
    INSERT INTO events (name, user_id, properties, cause)
    SELECT event, person, about, once
    WHERE (app_user_id() IS NULL OR person IS NULL OR person = app_user_id())
      AND NOT EXISTS (SELECT FROM installation WHERE installation.name = 'analytics' AND value = 'false')
      AND NOT EXISTS (SELECT FROM users WHERE id = person AND analytics_opt_out)
    ON CONFLICT (name, cause) DO NOTHING
  $$;
REVOKE ALL ON FUNCTION count_event(text, uuid, jsonb, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION count_event(text, uuid, jsonb, text) TO mv_app, mv_gate, mv_worker;

-- The name of the event is the trigger's argument. Whose row it is counts, whoever changes it: a collaborator who orders
-- has a row of their own.
CREATE FUNCTION count_row() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
  DECLARE
    changed jsonb := to_jsonb(NEW);
    person uuid := CASE WHEN TG_TABLE_NAME = 'users' THEN changed ->> 'id' ELSE changed ->> 'user_id' END;
    about jsonb := '{}';
  BEGIN
    IF NOT EXISTS (SELECT FROM installation WHERE name = 'analytics' AND value = 'false')
      AND NOT EXISTS (SELECT FROM users WHERE id = person AND analytics_opt_out)
    THEN
      IF TG_ARGV[0] IN ('ordered', 'film_finished', 'film_failed') THEN
        about := jsonb_strip_nulls(jsonb_build_object('job_id', changed -> 'id',
          'quality', changed #> '{config,quality_tier}', 'resolution', changed #> '{config,resolution}'));
      ELSIF TG_ARGV[0] IN ('upgraded', 'cancelled') THEN
        about := jsonb_build_object('plan', changed -> 'subscription_plan');
      ELSIF TG_ARGV[0] = 'credits_bought' THEN
        about := jsonb_build_object('paid_minor', changed -> 'paid_minor', 'currency', changed -> 'currency');
      END IF;
      INSERT INTO events (name, user_id, properties) VALUES (TG_ARGV[0], person, about);
    END IF;
    RETURN NULL;
  END
  $$;

CREATE FUNCTION plan_rank(plan text) RETURNS integer
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$ SELECT array_position(ARRAY['free', 'indie', 'pro', 'team'], plan) $$;

CREATE TRIGGER count_signed_up AFTER INSERT ON users
  FOR EACH ROW EXECUTE FUNCTION count_row('signed_up');
CREATE TRIGGER count_verified_at_once AFTER INSERT ON users
  FOR EACH ROW WHEN (NEW.email_verified) EXECUTE FUNCTION count_row('verified');
CREATE TRIGGER count_verified AFTER UPDATE OF email_verified ON users
  FOR EACH ROW WHEN (NEW.email_verified AND NOT OLD.email_verified) EXECUTE FUNCTION count_row('verified');
CREATE TRIGGER count_upgraded AFTER UPDATE OF subscription_plan ON users
  FOR EACH ROW WHEN (plan_rank(NEW.subscription_plan) > plan_rank(OLD.subscription_plan))
  EXECUTE FUNCTION count_row('upgraded');
CREATE TRIGGER count_cancelled AFTER UPDATE OF subscription_plan ON users
  FOR EACH ROW WHEN (NEW.subscription_plan = 'free' AND OLD.subscription_plan <> 'free')
  EXECUTE FUNCTION count_row('cancelled');
CREATE TRIGGER count_song_uploaded AFTER INSERT ON projects
  FOR EACH ROW EXECUTE FUNCTION count_row('song_uploaded');
CREATE TRIGGER count_song_heard AFTER UPDATE OF audio_analysis ON projects
  FOR EACH ROW WHEN (OLD.audio_analysis = '{}' AND NEW.audio_analysis <> '{}')
  EXECUTE FUNCTION count_row('song_heard');
CREATE TRIGGER count_storyboard_made AFTER UPDATE OF storyboard ON projects
  FOR EACH ROW WHEN (OLD.storyboard = '{}' AND NEW.storyboard <> '{}')
  EXECUTE FUNCTION count_row('storyboard_made');
CREATE TRIGGER count_character_approved AFTER UPDATE OF status ON character_profiles
  FOR EACH ROW WHEN (NEW.status = 'approved' AND OLD.status <> 'approved')
  EXECUTE FUNCTION count_row('character_approved');
CREATE TRIGGER count_quoted AFTER INSERT ON quotes
  FOR EACH ROW EXECUTE FUNCTION count_row('quoted');
CREATE TRIGGER count_ordered AFTER INSERT ON video_jobs
  FOR EACH ROW WHEN (NEW.job_type = 'full_video') EXECUTE FUNCTION count_row('ordered');
CREATE TRIGGER count_film_finished AFTER UPDATE ON video_jobs
  FOR EACH ROW WHEN (NEW.job_type = 'full_video' AND NEW.status = 'complete' AND OLD.status <> 'complete')
  EXECUTE FUNCTION count_row('film_finished');
CREATE TRIGGER count_film_failed AFTER UPDATE ON video_jobs
  FOR EACH ROW WHEN (NEW.job_type = 'full_video' AND NEW.status = 'failed' AND OLD.status <> 'failed')
  EXECUTE FUNCTION count_row('film_failed');
CREATE TRIGGER count_shared AFTER INSERT ON share_links
  FOR EACH ROW EXECUTE FUNCTION count_row('shared');
CREATE TRIGGER count_credits_bought AFTER INSERT ON credit_grants
  FOR EACH ROW WHEN (NEW.kind = 'pack') EXECUTE FUNCTION count_row('credits_bought');

-- Whoever watches by a link is counted as nobody.
CREATE OR REPLACE FUNCTION count_share_view(hash bytea) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
    UPDATE share_links SET views = views + 1 WHERE token_hash = hash;
    SELECT count_event('watched', NULL)
  $$;

-- What was counted of somebody goes when they want it no more.
CREATE FUNCTION forget_events() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
  BEGIN
    DELETE FROM events WHERE user_id = NEW.id;
    RETURN NULL;
  END
  $$;
CREATE TRIGGER forget_events AFTER UPDATE OF analytics_opt_out ON users
  FOR EACH ROW WHEN (NEW.analytics_opt_out AND NOT OLD.analytics_opt_out) EXECUTE FUNCTION forget_events();
