-- What people see of each other: who works on a project, and what the holder of a link may see and say.

-- Finding a link shows nothing yet and counts nothing: a password may still be asked for.
DROP FUNCTION open_share_link(bytea);
CREATE FUNCTION find_share_link(hash bytea)
  RETURNS TABLE (link_id uuid, project_id uuid, title varchar, artist varchar, final_video_key text, poster_key text,
    duration_seconds double precision, sections jsonb, lyrics jsonb, allow_download boolean, allow_comments boolean,
    password_hash text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$
    SELECT l.id, p.id, p.title, p.artist, p.final_video_key, p.poster_key, p.final_video_duration_seconds,
      coalesce(p.audio_analysis -> 'sections', '[]'), coalesce(p.lyrics -> 'lines', '[]'), l.allow_download, l.allow_comments, l.password_hash
    FROM share_links l JOIN projects p ON p.id = l.project_id AND p.deleted_at IS NULL
    WHERE l.token_hash = hash AND l.revoked_at IS NULL AND (l.expires_at IS NULL OR l.expires_at > now())
  $$;
REVOKE ALL ON FUNCTION find_share_link(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_share_link(bytea) TO mv_app;

CREATE FUNCTION count_share_view(hash bytea) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public
  AS $$ UPDATE share_links SET views = views + 1 WHERE token_hash = hash $$;
REVOKE ALL ON FUNCTION count_share_view(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION count_share_view(bytea) TO mv_app;

CREATE FUNCTION comments_by_link(hash bytea)
  RETURNS TABLE (id uuid, author_name varchar, at_seconds double precision, body text, resolved_at timestamptz,
    created_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$
    SELECT c.id, c.author_name, c.at_seconds, c.body, c.resolved_at, c.created_at
    FROM find_share_link(hash) l JOIN comments c ON c.project_id = l.project_id
    WHERE l.allow_comments AND c.deleted_at IS NULL
    ORDER BY c.created_at, c.id
    LIMIT 500
  $$;
REVOKE ALL ON FUNCTION comments_by_link(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION comments_by_link(bytea) TO mv_app;

-- A guest's comment; NULL when the link does not take any, or not any more.
CREATE FUNCTION comment_by_link(hash bytea, author text, at_time double precision, said text)
  RETURNS TABLE (id uuid, created_at timestamptz)
  LANGUAGE sql SECURITY DEFINER SET search_path = public
  AS $$
    INSERT INTO comments (project_id, author_name, at_seconds, body)
    SELECT l.project_id, author, at_time, said
    FROM find_share_link(hash) l
    WHERE l.allow_comments
      AND (SELECT count(*) FROM comments c WHERE c.project_id = l.project_id AND c.user_id IS NULL) < 500
    RETURNING comments.id, comments.created_at
  $$;
REVOKE ALL ON FUNCTION comment_by_link(bytea, text, double precision, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION comment_by_link(bytea, text, double precision, text) TO mv_app;

-- Lets somebody who has an account here into a project of the one who asks; NULL when nobody has that address.
CREATE FUNCTION invite_collaborator(project uuid, address text, wanted text) RETURNS uuid
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
  AS $$
  DECLARE
    guest uuid;
  BEGIN
    IF project_role(project) IS DISTINCT FROM 'owner' THEN
      RETURN NULL;
    END IF;
    SELECT id INTO guest FROM users
    WHERE email = lower(address) AND deleted_at IS NULL AND suspended_at IS NULL AND id <> app_user_id();
    IF guest IS NOT NULL THEN
      INSERT INTO project_collaborators (project_id, user_id, role, invited_by)
      VALUES (project, guest, wanted, app_user_id())
      ON CONFLICT (project_id, user_id) DO UPDATE SET role = EXCLUDED.role;
    END IF;
    RETURN guest;
  END
  $$;
REVOKE ALL ON FUNCTION invite_collaborator(uuid, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION invite_collaborator(uuid, text, text) TO mv_app;

CREATE FUNCTION collaborators_of(project uuid)
  RETURNS TABLE (user_id uuid, name varchar, email varchar, role varchar, created_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$
    SELECT u.id, u.name, u.email, c.role, c.created_at
    FROM project_collaborators c JOIN users u ON u.id = c.user_id
    WHERE c.project_id = project AND project_role(project) IS NOT NULL
    ORDER BY c.created_at, u.id
  $$;
REVOKE ALL ON FUNCTION collaborators_of(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION collaborators_of(uuid) TO mv_app;

-- An editor works on a project but does not give it away, end it, or bring it back.
CREATE FUNCTION projects_stay_with_their_owner() RETURNS trigger
  LANGUAGE plpgsql
  AS $$
  BEGIN
    IF NEW.user_id <> OLD.user_id OR (
      current_user = 'mv_app' AND OLD.user_id <> app_user_id()
      AND (NEW.deleted_at IS DISTINCT FROM OLD.deleted_at OR NEW.is_public <> OLD.is_public
        OR NEW.budget_usd IS DISTINCT FROM OLD.budget_usd)
    ) THEN
      RAISE EXCEPTION 'only the owner may do this' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
  END
  $$;
CREATE TRIGGER projects_stay BEFORE UPDATE ON projects FOR EACH ROW EXECUTE FUNCTION projects_stay_with_their_owner();
