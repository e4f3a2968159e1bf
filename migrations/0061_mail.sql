-- What was written to people: so that nothing is sent twice, and whoever runs the server sees what became of it.
CREATE TABLE mails (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  kind varchar(40) NOT NULL,
  address varchar(255) NOT NULL,
  subject text NOT NULL,
  -- Where no mail server is set up: whoever runs the server hands it on. Gone when it has run out.
  link text,
  state varchar(20) NOT NULL DEFAULT 'sending'
    CHECK (state IN ('sending', 'waiting', 'sent', 'printed', 'refused', 'unwanted', 'blocked', 'bounced', 'complained')),
  -- What the mail server said.
  detail text,
  -- What the sending service calls it.
  sent_as varchar(255),
  -- The queue's number of its job, at its first try: another job for the same mail leaves it to this one.
  job bigint NOT NULL,
  tries integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX idx_mails_created ON mails (created_at DESC, id);
CREATE INDEX idx_mails_user ON mails (user_id, created_at DESC);
CREATE UNIQUE INDEX mails_sent_as ON mails (sent_as) WHERE sent_as IS NOT NULL;
CALL protect('mails');

-- Addresses that take no mail, or whose owner called it spam: only what concerns the account is sent there.
CREATE TABLE mail_blocks (
  address varchar(255) PRIMARY KEY,
  reason varchar(20) NOT NULL CHECK (reason IN ('bounced', 'complained')),
  since timestamptz NOT NULL
);
CALL protect('mail_blocks');

-- What the sending service told us, by its own name: the same news again is no news.
CREATE TABLE mail_news (
  id varchar(255) PRIMARY KEY,
  heard_at timestamptz NOT NULL
);
CALL protect('mail_news');

-- What people do not want to be written about.
CREATE TABLE mail_refusals (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  topic varchar(20) NOT NULL CHECK (topic IN ('films', 'reminders')),
  PRIMARY KEY (user_id, topic)
);
CALL protect_own('mail_refusals', 'SELECT, INSERT, DELETE');

-- The sending service says what became of a mail, by our name of it or its own. True where that was news of a mail of ours.
CREATE FUNCTION hear_of_mail(news_id text, mail_id uuid, service_id text, became text, why text, blocks text,
    heard timestamptz) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
  AS $$
  DECLARE
    went_to text;
  BEGIN
    INSERT INTO mail_news (id, heard_at) VALUES (news_id, heard) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
      RETURN false;
    END IF;
    UPDATE mails SET state = became, detail = why, updated_at = heard
    WHERE id = mail_id OR sent_as = service_id
    RETURNING lower(address) INTO went_to;
    IF went_to IS NULL THEN
      RETURN false;
    END IF;
    IF blocks IS NOT NULL THEN
      -- A complaint weighs more: the address works, and its owner has had enough.
      INSERT INTO mail_blocks AS known (address, reason, since) VALUES (went_to, blocks, heard)
      ON CONFLICT (address) DO UPDATE SET reason = excluded.reason WHERE known.reason = 'bounced';
    END IF;
    RETURN true;
  END
  $$;
REVOKE ALL ON FUNCTION hear_of_mail(text, uuid, text, text, text, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hear_of_mail(text, uuid, text, text, text, text, timestamptz) TO mv_gate;

-- Somebody proved that they read what comes to their address. Whoever called our mail spam is asked no more all the same.
CREATE FUNCTION mail_arrives(person uuid) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public
  AS $$
    DELETE FROM mail_blocks b USING users u WHERE u.id = person AND b.address = u.email AND b.reason = 'bounced'
  $$;
REVOKE ALL ON FUNCTION mail_arrives(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mail_arrives(uuid) TO mv_gate, mv_worker;

-- Why only what concerns the account is sent to whoever asks.
CREATE FUNCTION own_mail_block() RETURNS text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$ SELECT b.reason::text FROM mail_blocks b JOIN users u ON u.email = b.address WHERE u.id = app_user_id() $$;
REVOKE ALL ON FUNCTION own_mail_block() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION own_mail_block() TO mv_app;
