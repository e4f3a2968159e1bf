-- What every table leans on: who is asking, and the habit of noting when a row changed.
--
-- Roles are made by the program before the first migration, since they belong to the cluster, not to a database:
--   mv_app     a signed-in person's request; sees only what app_user_id() may see (FORCE ROW LEVEL SECURITY)
--   mv_gate    who is asking? sign-in, sessions, tokens, keys; sees accounts, never works
--   mv_worker  jobs; sees everything, may not change the schema
-- Migrations run as the owner of the tables.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

GRANT USAGE ON SCHEMA public TO mv_app, mv_gate, mv_worker;

-- The person a transaction acts for, set by `SELECT set_config('app.user_id', …, true)`; NULL sees nothing.
CREATE FUNCTION app_user_id() RETURNS uuid
  LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('app.user_id', true), '')::uuid $$;

CREATE FUNCTION note_update() RETURNS trigger
  LANGUAGE plpgsql
  AS $$
  BEGIN
    NEW.updated_at := now();
    RETURN NEW;
  END
  $$;

-- Shuts a table to everyone but its owner and the worker; policies for mv_app and mv_gate follow each table.
CREATE PROCEDURE protect(target regclass)
  LANGUAGE plpgsql
  AS $$
  BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY owner_all ON %s TO CURRENT_USER USING (true) WITH CHECK (true)', target);
    EXECUTE format('CREATE POLICY worker_all ON %s TO mv_worker USING (true) WITH CHECK (true)', target);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO mv_worker', target);
  END
  $$;

-- Rows that belong to one person by their user_id.
CREATE PROCEDURE protect_own(target regclass, rights text)
  LANGUAGE plpgsql
  AS $$
  BEGIN
    CALL protect(target);
    EXECUTE format(
      'CREATE POLICY own ON %s TO mv_app USING (user_id = app_user_id()) WITH CHECK (user_id = app_user_id())', target);
    EXECUTE format('GRANT %s ON %s TO mv_app', rights, target);
  END
  $$;
