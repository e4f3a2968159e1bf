-- Orders and the steps that fulfil them.

-- Every month of these tables is a partition of its own; a job makes them ahead and drops old ones.
CREATE TABLE video_jobs (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  project_id uuid NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  job_type varchar(50) NOT NULL DEFAULT 'full_video'
    CHECK (job_type IN ('full_video', 'single_scene', 'reframe', 'test')),
  config jsonb NOT NULL,
  -- The storyboard that it is made from, as it was when the order was laid out.
  board jsonb,
  status varchar(50) NOT NULL DEFAULT 'queued'
    CHECK (status IN ('queued', 'processing', 'complete', 'failed', 'canceled')),
  progress jsonb NOT NULL DEFAULT '{}',
  -- Raised with every change that a watcher should hear of; clients catch up from the last one they saw.
  progress_seq bigint NOT NULL DEFAULT 0,
  cancel_requested_at timestamptz,
  output_key text,
  output_metadata jsonb,
  costs jsonb NOT NULL DEFAULT '{}',
  error_message text,
  error_details jsonb,
  retry_count integer NOT NULL DEFAULT 0,
  priority integer NOT NULL DEFAULT 0,
  queue_job_id varchar(255),
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  completed_at timestamptz,
  failed_at timestamptz,
  canceled_at timestamptz,
  PRIMARY KEY (id, created_at)
) PARTITION BY RANGE (created_at);
CREATE INDEX idx_video_jobs_project_id ON video_jobs (project_id);
CREATE INDEX idx_video_jobs_user_id ON video_jobs (user_id);
CREATE INDEX idx_video_jobs_status ON video_jobs (status);
CREATE INDEX idx_video_jobs_created_at ON video_jobs (created_at DESC);
CREATE INDEX idx_video_jobs_priority ON video_jobs (priority DESC, created_at ASC);
CREATE INDEX idx_video_jobs_user_status ON video_jobs (user_id, status);
CREATE INDEX idx_processing_jobs ON video_jobs (created_at ASC) WHERE status IN ('queued', 'processing');
CALL protect('video_jobs');
CREATE POLICY see ON video_jobs FOR SELECT TO mv_app
  USING (user_id = app_user_id() OR project_role(project_id) IS NOT NULL);
CREATE POLICY order_one ON video_jobs FOR INSERT TO mv_app
  WITH CHECK (user_id = app_user_id() AND project_role(project_id) IN ('owner', 'editor'));
CREATE POLICY change ON video_jobs FOR UPDATE TO mv_app
  USING (user_id = app_user_id() OR project_role(project_id) = 'owner')
  WITH CHECK (user_id = app_user_id() OR project_role(project_id) = 'owner');
GRANT SELECT, INSERT ON video_jobs TO mv_app;
GRANT UPDATE (status, cancel_requested_at, canceled_at, progress_seq, retry_count, error_message, error_details,
  failed_at) ON video_jobs TO mv_app;

-- One artefact to make for one order. `key` names it by everything it depends on, so equal steps share an artefact.
CREATE TABLE steps (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  job_id uuid NOT NULL,
  project_id uuid NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  -- Place in the graph, from 0; what a step needs has a smaller one.
  position integer NOT NULL,
  key varchar(32) NOT NULL,
  kind varchar(20) NOT NULL,
  input jsonb NOT NULL,
  label text NOT NULL,
  scene integer,
  weight double precision NOT NULL,
  -- Positions of the steps whose artefacts this one reads.
  needs integer[] NOT NULL DEFAULT '{}',
  deps_left integer NOT NULL,
  state varchar(20) NOT NULL DEFAULT 'waiting'
    CHECK (state IN ('waiting', 'ready', 'running', 'done', 'failed', 'canceled')),
  fraction double precision NOT NULL DEFAULT 0,
  -- How often it was tried and failed; a crash is not a failure.
  attempts integer NOT NULL DEFAULT 0,
  -- How often it ran to success: a defect if it is ever above one.
  successes integer NOT NULL DEFAULT 0,
  error jsonb,
  started_at timestamptz,
  finished_at timestamptz,
  CONSTRAINT steps_position_key UNIQUE (job_id, position),
  CONSTRAINT steps_key_key UNIQUE (job_id, key)
);
CREATE INDEX idx_steps_project ON steps (project_id);
CREATE INDEX idx_steps_open ON steps (job_id) WHERE state IN ('waiting', 'ready', 'running');
CALL protect('steps');
CREATE POLICY see ON steps FOR SELECT TO mv_app USING (project_role(project_id) IS NOT NULL);
GRANT SELECT ON steps TO mv_app;

-- Finished artefacts by their step's key: whole or absent, made once for everybody whose inputs are the same.
-- Inputs name files by hash, so an equal key means the person has equal files.
CREATE TABLE artifacts (
  key varchar(32) PRIMARY KEY,
  kind varchar(20) NOT NULL,
  object_key text NOT NULL,
  bytes bigint NOT NULL,
  content_hash varchar(64) NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_artifacts_last_used ON artifacts (last_used_at);
CALL protect('artifacts');

-- Analyses and other work that is ordered outside a film.
CREATE TABLE tasks (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  project_id uuid REFERENCES projects (id) ON DELETE CASCADE,
  -- What an edit of one scene is about.
  scene_id uuid REFERENCES scenes (id) ON DELETE SET NULL,
  kind varchar(40) NOT NULL CHECK (kind IN ('analyze_audio', 'character', 'export_data', 'delete_account', 'edit_image',
    'transcribe', 'write_scenes')),
  status varchar(20) NOT NULL DEFAULT 'queued'
    CHECK (status IN ('queued', 'processing', 'complete', 'failed', 'canceled')),
  payload jsonb NOT NULL DEFAULT '{}',
  result jsonb,
  error jsonb,
  progress_seq bigint NOT NULL DEFAULT 0,
  cancel_requested_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz
);
CREATE INDEX idx_tasks_user ON tasks (user_id, created_at DESC);
CREATE INDEX idx_tasks_project ON tasks (project_id);
CREATE INDEX idx_tasks_scene ON tasks (scene_id) WHERE scene_id IS NOT NULL;
CALL protect('tasks');
CREATE POLICY own ON tasks TO mv_app USING (user_id = app_user_id()) WITH CHECK (user_id = app_user_id());
CREATE POLICY see ON tasks FOR SELECT TO mv_app USING (project_role(project_id) IS NOT NULL);
GRANT SELECT, INSERT ON tasks TO mv_app;
GRANT UPDATE (status, cancel_requested_at, finished_at, progress_seq) ON tasks TO mv_app;
