-- What people make: uploads, characters, projects, scenes and their versions, and who may see them.

-- A file that was sent, or is being sent (tus 1.0). Its bytes lie in the object store.
CREATE TABLE uploads (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  purpose varchar(20) NOT NULL CHECK (purpose IN ('song', 'photo', 'avatar', 'still', 'clip')),
  filename varchar(255) NOT NULL,
  declared_bytes bigint NOT NULL CHECK (declared_bytes > 0),
  received_bytes bigint NOT NULL DEFAULT 0 CHECK (received_bytes BETWEEN 0 AND declared_bytes),
  -- Keys of the parts received so far, in order; joined into object_key when whole.
  parts text[] NOT NULL DEFAULT '{}',
  object_key text,
  -- What the bytes are, by their first bytes, never by what was claimed.
  media_type varchar(100),
  -- BLAKE3 of the whole file, 64 hex digits.
  content_hash varchar(64),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  completed_at timestamptz,
  expires_at timestamptz NOT NULL
);
CREATE INDEX idx_uploads_user_id ON uploads (user_id, created_at DESC);
CREATE INDEX idx_uploads_unfinished ON uploads (expires_at) WHERE completed_at IS NULL;
CREATE TRIGGER uploads_note_update BEFORE UPDATE ON uploads FOR EACH ROW EXECUTE FUNCTION note_update();
CALL protect_own('uploads', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE character_profiles (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name varchar(255) NOT NULL,
  description text,
  -- Object keys of the photos, 1 to 5, re-encoded by us.
  reference_images text[] NOT NULL DEFAULT '{}',
  analysis_data jsonb NOT NULL DEFAULT '{}',
  test_images text[] NOT NULL DEFAULT '{}',
  -- A `TestPicture` each: its take, its model, how like the photos it is, what the person said of it.
  tests jsonb NOT NULL DEFAULT '[]',
  -- The task that may put pictures here; what an older one makes is of other photos.
  test_task uuid,
  status varchar(50) NOT NULL DEFAULT 'pending'
    CHECK (status IN ('pending', 'processing', 'approved', 'rejected', 'failed')),
  error_message text,
  -- Why, for programs.
  error_code varchar(40),
  projects_count integer NOT NULL DEFAULT 0,
  images_generated integer NOT NULL DEFAULT 0,
  -- The person says that whoever is in the photos agreed: the last time, and every time with who said it of which photos.
  consent_at timestamptz,
  consents jsonb NOT NULL DEFAULT '[]',
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  approved_at timestamptz,
  deleted_at timestamptz
);
CREATE INDEX idx_characters_user_id ON character_profiles (user_id);
CREATE INDEX idx_characters_status ON character_profiles (status);
CREATE INDEX idx_characters_created_at ON character_profiles (created_at DESC);
CREATE INDEX idx_characters_deleted_at ON character_profiles (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE TRIGGER characters_note_update BEFORE UPDATE ON character_profiles
  FOR EACH ROW EXECUTE FUNCTION note_update();
CALL protect_own('character_profiles', 'SELECT, INSERT, UPDATE');

CREATE TABLE projects (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  character_profile_id uuid REFERENCES character_profiles (id) ON DELETE SET NULL,
  title varchar(255) NOT NULL,
  artist varchar(255) NOT NULL DEFAULT '',
  description text,

  -- Object key of the song; signed for whoever may hear it.
  audio_key text NOT NULL,
  audio_hash varchar(64) NOT NULL,
  audio_filename varchar(255),
  audio_size_bytes bigint,
  audio_duration_seconds double precision,
  -- A `SongAnalysis`, as the person corrected it; `{}` until the song was heard.
  audio_analysis jsonb NOT NULL DEFAULT '{}',
  -- A `Correction`, and the analysis before it was laid over.
  analysis_correction jsonb,
  heard_analysis jsonb,
  peaks_key text,
  lyrics jsonb NOT NULL DEFAULT '{}',

  template_id varchar(100),
  template_config jsonb NOT NULL DEFAULT '{}',
  -- The storyboard without its scenes: song, look, cast, lyrics, template, seed.
  storyboard jsonb NOT NULL DEFAULT '{}',

  status varchar(50) NOT NULL DEFAULT 'draft'
    CHECK (status IN ('draft', 'editing', 'generating', 'complete', 'failed', 'archived')),

  final_video_key text,
  final_video_duration_seconds double precision,
  final_video_resolution varchar(20),
  poster_key text,

  total_cost_usd numeric(14, 6) NOT NULL DEFAULT 0,
  cost_breakdown jsonb NOT NULL DEFAULT '{}',
  budget_usd numeric(12, 4),
  is_public boolean NOT NULL DEFAULT false,

  -- Raised by every edit of the project or its scenes: the ETag.
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  completed_at timestamptz,
  archived_at timestamptz,
  deleted_at timestamptz,
  CONSTRAINT projects_correction CHECK ((analysis_correction IS NULL) = (heard_analysis IS NULL))
);
CREATE INDEX idx_projects_user_id ON projects (user_id);
CREATE INDEX idx_projects_status ON projects (status);
CREATE INDEX idx_projects_character_id ON projects (character_profile_id);
CREATE INDEX idx_projects_created_at ON projects (created_at DESC);
CREATE INDEX idx_projects_updated_at ON projects (updated_at DESC);
CREATE INDEX idx_projects_user_status ON projects (user_id, status);
CREATE INDEX idx_active_projects ON projects (user_id, updated_at DESC)
  WHERE deleted_at IS NULL AND status <> 'archived';
CREATE INDEX idx_projects_deleted_at ON projects (deleted_at) WHERE deleted_at IS NOT NULL;
-- Words by stem for English, trigrams for everything else: Korean has no spaces where a search needs them.
CREATE INDEX idx_projects_title_search ON projects
  USING gin (to_tsvector('english', title || ' ' || artist || ' ' || coalesce(description, '')));
CREATE INDEX idx_projects_title_trigrams ON projects
  USING gin ((lower(title || ' ' || artist || ' ' || coalesce(description, ''))) gin_trgm_ops);
CREATE TRIGGER projects_note_update BEFORE UPDATE ON projects FOR EACH ROW EXECUTE FUNCTION note_update();

CREATE TABLE project_collaborators (
  project_id uuid NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role varchar(20) NOT NULL CHECK (role IN ('viewer', 'editor')),
  invited_by uuid REFERENCES users (id) ON DELETE SET NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, user_id)
);
CREATE INDEX idx_project_collaborators_user ON project_collaborators (user_id);

-- What the person asking may do with a project: NULL, 'viewer', 'editor' or 'owner'. Runs as the tables' owner, so that
-- the policies of two tables can lean on each other without going round in circles.
CREATE FUNCTION project_role(wanted uuid) RETURNS text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$
    SELECT CASE WHEN p.user_id = app_user_id() THEN 'owner' ELSE c.role END
    FROM projects p
    LEFT JOIN project_collaborators c ON c.project_id = p.id AND c.user_id = app_user_id()
    WHERE p.id = wanted AND p.deleted_at IS NULL
  $$;
REVOKE ALL ON FUNCTION project_role(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION project_role(uuid) TO mv_app, mv_worker;

CALL protect('projects');
-- An owner's own rows first: the common case needs no function call.
CREATE POLICY own ON projects TO mv_app USING (user_id = app_user_id()) WITH CHECK (user_id = app_user_id());
CREATE POLICY shared_read ON projects FOR SELECT TO mv_app
  USING (id IN (SELECT c.project_id FROM project_collaborators c WHERE c.user_id = app_user_id()));
CREATE POLICY shared_edit ON projects FOR UPDATE TO mv_app
  USING (project_role(id) = 'editor') WITH CHECK (project_role(id) = 'editor');
GRANT SELECT, INSERT, UPDATE ON projects TO mv_app;

CALL protect('project_collaborators');
CREATE POLICY mine ON project_collaborators FOR SELECT TO mv_app USING (user_id = app_user_id());
CREATE POLICY of_my_project ON project_collaborators TO mv_app
  USING (project_role(project_id) = 'owner') WITH CHECK (project_role(project_id) = 'owner');
-- Whoever was let in may leave.
CREATE POLICY leave ON project_collaborators FOR DELETE TO mv_app USING (user_id = app_user_id());
GRANT SELECT, INSERT, UPDATE, DELETE ON project_collaborators TO mv_app;

-- Rows that belong to a project: seen by whoever may see it, changed by whoever may edit it.
CREATE PROCEDURE protect_of_project(target regclass, rights text)
  LANGUAGE plpgsql
  AS $$
  BEGIN
    CALL protect(target);
    EXECUTE format(
      'CREATE POLICY see ON %s FOR SELECT TO mv_app USING (project_role(project_id) IS NOT NULL)', target);
    EXECUTE format(
      'CREATE POLICY edit ON %s TO mv_app USING (project_role(project_id) IN (''owner'', ''editor''))
       WITH CHECK (project_role(project_id) IN (''owner'', ''editor''))', target);
    EXECUTE format('GRANT %s ON %s TO mv_app', rights, target);
  END
  $$;

-- A project's scenes are one sorted row of boundaries: a trigger keeps them contiguous (see below).
CREATE TABLE scenes (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  project_id uuid NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  scene_number integer NOT NULL CHECK (scene_number > 0),
  timestamp_start double precision NOT NULL CHECK (timestamp_start >= 0),
  timestamp_end double precision NOT NULL,
  duration_seconds double precision GENERATED ALWAYS AS (timestamp_end - timestamp_start) STORED,
  section_type varchar(50),
  description text NOT NULL,
  -- The storyboard's scene: place, light, camera, cast, transition, seed, prompts.
  config jsonb NOT NULL DEFAULT '{}',

  image_key text,
  image_generation_model varchar(50),
  image_generation_time_ms integer,
  -- Of the still to its characters' photos, 0 to 1.
  image_likeness real,
  video_key text,
  video_generation_model varchar(50),
  video_generation_time_ms integer,
  video_resolution varchar(20),
  video_duration_seconds double precision,
  image_cost_usd numeric(14, 6) NOT NULL DEFAULT 0,
  video_cost_usd numeric(14, 6) NOT NULL DEFAULT 0,

  status varchar(50) NOT NULL DEFAULT 'pending'
    CHECK (status IN ('pending', 'generating_image', 'image_ready', 'generating_video', 'video_ready', 'error')),
  error_message text,
  generation_attempts integer NOT NULL DEFAULT 0,
  -- The person locked it: nothing regenerates it by itself.
  locked boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT positive_duration CHECK (timestamp_end > timestamp_start),
  CONSTRAINT unique_scene_number UNIQUE (project_id, scene_number) DEFERRABLE INITIALLY IMMEDIATE
);
CREATE INDEX idx_scenes_project_id ON scenes (project_id);
CREATE INDEX idx_scenes_status ON scenes (status);
CREATE INDEX idx_scenes_scene_number ON scenes (project_id, scene_number);
CREATE INDEX idx_scenes_project_status ON scenes (project_id, status);
CREATE TRIGGER scenes_note_update BEFORE UPDATE ON scenes FOR EACH ROW EXECUTE FUNCTION note_update();
CALL protect_of_project('scenes', 'SELECT, INSERT, UPDATE, DELETE');

-- At the end of every transaction: scenes are numbered from 1 without holes, the first starts at 0, and each starts
-- where the one before ends.
CREATE FUNCTION scenes_are_contiguous() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
  AS $$
  DECLARE
    project uuid := coalesce(NEW.project_id, OLD.project_id);
    broken integer;
  BEGIN
    SELECT min(scene_number) INTO broken
    FROM (
      SELECT scene_number, timestamp_start,
        lag(timestamp_end, 1, 0::double precision) OVER w AS expected_start,
        row_number() OVER w AS expected_number
      FROM scenes WHERE project_id = project
      WINDOW w AS (ORDER BY scene_number)
    ) s
    WHERE timestamp_start <> expected_start OR scene_number <> expected_number;
    IF broken IS NOT NULL THEN
      RAISE EXCEPTION 'scene % does not start where the one before it ends', broken
        USING ERRCODE = 'check_violation', CONSTRAINT = 'scenes_contiguous', TABLE = 'scenes';
    END IF;
    RETURN NULL;
  END
  $$;
CREATE CONSTRAINT TRIGGER scenes_contiguous AFTER INSERT OR UPDATE OF scene_number, timestamp_start, timestamp_end
  OR DELETE ON scenes DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION scenes_are_contiguous();

-- Every still and clip that a scene ever had; none is thrown away by making another.
CREATE TABLE scene_versions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  project_id uuid NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  scene_id uuid NOT NULL REFERENCES scenes (id) ON DELETE CASCADE,
  number integer NOT NULL,
  config jsonb NOT NULL DEFAULT '{}',
  description text NOT NULL DEFAULT '',
  image_key text,
  video_key text,
  model varchar(50),
  likeness real,
  cost_usd numeric(14, 6) NOT NULL DEFAULT 0,
  source varchar(20) NOT NULL DEFAULT 'generated' CHECK (source IN ('generated', 'uploaded', 'edited')),
  created_by uuid REFERENCES users (id) ON DELETE SET NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT scene_versions_number_key UNIQUE (scene_id, number)
);
CREATE INDEX idx_scene_versions_project ON scene_versions (project_id);
CALL protect_of_project('scene_versions', 'SELECT, INSERT');

-- A finished file of a project that people download: the film, another shape of it, a poster, subtitles.
CREATE TABLE exports (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  project_id uuid NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  job_id uuid,
  kind varchar(20) NOT NULL
    CHECK (kind IN ('film', 'poster', 'sprites', 'sprite_track', 'report', 'report_page', 'srt', 'vtt', 'plan')),
  object_key text NOT NULL,
  media_type varchar(100) NOT NULL,
  bytes bigint NOT NULL,
  settings jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_exports_project ON exports (project_id, created_at DESC);
CALL protect_of_project('exports', 'SELECT');

-- A link that shows one film to whoever holds it.
CREATE TABLE share_links (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  project_id uuid NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  token_hash bytea NOT NULL,
  -- To show the owner which link is which.
  token_hint varchar(8) NOT NULL,
  allow_download boolean NOT NULL DEFAULT false,
  allow_comments boolean NOT NULL DEFAULT false,
  password_hash text,
  views integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  CONSTRAINT share_links_token_key UNIQUE (token_hash)
);
CREATE INDEX idx_share_links_project ON share_links (project_id);
CALL protect_of_project('share_links', 'SELECT, INSERT');
GRANT UPDATE (revoked_at, expires_at, allow_download, allow_comments, password_hash) ON share_links TO mv_app;

-- What the holder of a link may see, found by the link's hash. Counts the view.
CREATE FUNCTION open_share_link(hash bytea)
  RETURNS TABLE (link_id uuid, project_id uuid, title varchar, artist varchar, final_video_key text, poster_key text,
    duration_seconds double precision, allow_download boolean, allow_comments boolean, password_hash text)
  LANGUAGE sql SECURITY DEFINER SET search_path = public
  AS $$
    WITH opened AS (
      UPDATE share_links SET views = views + 1
      WHERE token_hash = hash AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
      RETURNING *
    )
    SELECT o.id, p.id, p.title, p.artist, p.final_video_key, p.poster_key, p.final_video_duration_seconds,
      o.allow_download, o.allow_comments, o.password_hash
    FROM opened o JOIN projects p ON p.id = o.project_id AND p.deleted_at IS NULL
  $$;
REVOKE ALL ON FUNCTION open_share_link(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_share_link(bytea) TO mv_app;

CREATE TABLE comments (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  project_id uuid NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  scene_id uuid REFERENCES scenes (id) ON DELETE SET NULL,
  -- NULL for a guest who came by a link.
  user_id uuid REFERENCES users (id) ON DELETE SET NULL,
  author_name varchar(100) NOT NULL,
  at_seconds double precision CHECK (at_seconds >= 0),
  body text NOT NULL CHECK (length(body) BETWEEN 1 AND 2000),
  resolved_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz
);
CREATE INDEX idx_comments_project ON comments (project_id, created_at);
CALL protect('comments');
CREATE POLICY see ON comments FOR SELECT TO mv_app USING (project_role(project_id) IS NOT NULL);
-- Viewers may comment too, each in their own name.
CREATE POLICY write ON comments FOR INSERT TO mv_app
  WITH CHECK (project_role(project_id) IS NOT NULL AND user_id = app_user_id());
CREATE POLICY change ON comments FOR UPDATE TO mv_app
  USING (user_id = app_user_id() OR project_role(project_id) IN ('owner', 'editor'))
  WITH CHECK (project_role(project_id) IS NOT NULL);
GRANT SELECT, INSERT ON comments TO mv_app;
GRANT UPDATE (body, resolved_at, deleted_at) ON comments TO mv_app;
