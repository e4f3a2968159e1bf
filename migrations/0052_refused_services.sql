-- Services that a person lets nothing of theirs be sent to, whoever orders it.
CREATE TABLE refused_services (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  provider varchar(50) NOT NULL,
  refused_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, provider)
);
CALL protect_own('refused_services', 'SELECT, INSERT, DELETE');

-- Services that whoever asks has refused, or the owner of this project.
CREATE FUNCTION services_refused(project uuid) RETURNS SETOF varchar
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$
    SELECT DISTINCT provider FROM refused_services
    WHERE user_id = app_user_id() OR user_id = (SELECT p.user_id FROM projects p
      WHERE p.id = project AND project_role(project) IS NOT NULL)
  $$;
REVOKE ALL ON FUNCTION services_refused(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION services_refused(uuid) TO mv_app;

-- The last door: whatever was ordered before, no call begins that would send something to a refused service.
CREATE FUNCTION paid_calls_ask_first() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
  AS $$
  BEGIN
    IF EXISTS (SELECT FROM refused_services r WHERE r.provider = NEW.provider
      AND (r.user_id = NEW.user_id OR r.user_id = (SELECT p.user_id FROM projects p WHERE p.id = NEW.project_id)))
    THEN
      RAISE EXCEPTION '% gets nothing of this person', NEW.provider
        USING ERRCODE = 'check_violation', CONSTRAINT = 'paid_calls_ask_first', TABLE = 'paid_calls';
    END IF;
    RETURN NEW;
  END
  $$;
CREATE TRIGGER paid_calls_ask_first BEFORE INSERT ON paid_calls FOR EACH ROW EXECUTE FUNCTION paid_calls_ask_first();
