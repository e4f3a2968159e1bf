-- What services said when they were last looked at with the operator's keys. Models that one no longer lists are not
-- offered.
CREATE TABLE service_checks (
  provider varchar(50) PRIMARY KEY,
  checked_at timestamptz NOT NULL,
  -- Whether it takes the key; NULL when it could not be asked.
  works boolean,
  error text,
  -- Whether it says which models it has.
  lists_models boolean NOT NULL,
  -- Our ids of models that it does not list.
  missing text[] NOT NULL DEFAULT '{}'
);
CALL protect('service_checks');
CREATE POLICY gate_read ON service_checks FOR SELECT TO mv_gate USING (true);
GRANT SELECT ON service_checks TO mv_gate;

-- The models that their services no longer list, for whoever would order them.
CREATE FUNCTION models_gone(OUT provider text, OUT model text) RETURNS SETOF record
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$ SELECT provider::text, unnest(missing) FROM service_checks $$;
REVOKE ALL ON FUNCTION models_gone() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION models_gone() TO mv_app, mv_gate, mv_worker;

-- Services that a node leaves alone for a moment because they failed again and again; the latest of all nodes.
CREATE TABLE service_pauses (
  provider varchar(50) PRIMARY KEY,
  failures integer NOT NULL,
  until timestamptz NOT NULL
);
CALL protect('service_pauses');
