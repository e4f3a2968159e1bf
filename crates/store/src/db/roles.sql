-- Roles belong to the cluster, so two databases of it may make them at the same moment: whoever comes second is content.
-- The owner joins each, so that it can take it on (PostgreSQL 16 asks for that).
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['mv_app', 'mv_gate', 'mv_worker'] LOOP
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = name) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN NOBYPASSRLS', name);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
      END;
    END IF;
    IF NOT pg_has_role(current_user, name, 'USAGE') THEN
      BEGIN
        EXECUTE format('GRANT %I TO CURRENT_USER', name);
      EXCEPTION WHEN unique_violation THEN NULL;
      END;
    END IF;
  END LOOP;
END
$$;
