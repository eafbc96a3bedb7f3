-- The outbox: events on their way, and the lanes in which relays work. One row of outbox_events is one event.
-- Every row is updated once, when its event is published: half of a page of these two indexes is kept for the entries of the second version.
CREATE TABLE outbox_events (
  -- The order of events. CACHE 1: a session that draws numbers ahead would hand out old ones late.
  seq               bigint GENERATED ALWAYS AS IDENTITY (CACHE 1) PRIMARY KEY WITH (fillfactor = 50),
  event_id          uuid         NOT NULL UNIQUE WITH (fillfactor = 50),
  lane              integer      NOT NULL,
  -- The key, compared byte by byte: quickly, and in an index that an update of the system's collations leaves intact.
  aggregate_type    varchar(100) COLLATE "C" NOT NULL,
  aggregate_id      varchar(200) COLLATE "C" NOT NULL,
  aggregate_version bigint,
  event_type        varchar(200) NOT NULL,
  topic             varchar(249) NOT NULL,
  content_type      varchar(100) NOT NULL,
  payload           bytea        NOT NULL,
  headers           text,
  encryption_key_id varchar(100),
  status            varchar(11)  NOT NULL,
  -- how many failures have counted towards quarantine
  attempts          integer      NOT NULL DEFAULT 0,
  next_attempt_at   timestamptz,
  last_error        text,
  failed_at         timestamptz,
  created_at        timestamptz  NOT NULL,
  published_at      timestamptz,
  -- the index of retries relies on it
  CONSTRAINT outbox_events_only_retries_are_due CHECK ((next_attempt_at IS NOT NULL) = (status = 'RETRYING'))
);

-- What relays look for. Published events leave it, so its size is that of the backlog, not of the history.
CREATE INDEX outbox_events_pending ON outbox_events (lane, seq) WHERE status = 'PENDING';
-- Retries by the time when they are due, so that they never take the place of fresh events. Only retries have such a time.
CREATE INDEX outbox_events_retrying ON outbox_events (lane, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
-- What holds the later events of a key back, and those that wait. Empty as long as nothing fails.
-- A lane without any is seen at once.
CREATE INDEX outbox_events_held ON outbox_events (lane, aggregate_type, aggregate_id, seq)
  WHERE status IN ('RETRYING', 'QUARANTINED', 'BLOCKED');

-- Finished events that retention has moved here, as they were. Each row is written once.
CREATE TABLE outbox_archived_events (
  seq               bigint       PRIMARY KEY,
  event_id          uuid         NOT NULL UNIQUE,
  lane              integer      NOT NULL,
  aggregate_type    varchar(100) COLLATE "C" NOT NULL,
  aggregate_id      varchar(200) COLLATE "C" NOT NULL,
  aggregate_version bigint,
  event_type        varchar(200) NOT NULL,
  topic             varchar(249) NOT NULL,
  content_type      varchar(100) NOT NULL,
  payload           bytea        NOT NULL,
  headers           text,
  encryption_key_id varchar(100),
  status            varchar(11)  NOT NULL,
  attempts          integer      NOT NULL,
  next_attempt_at   timestamptz,
  last_error        text,
  failed_at         timestamptz,
  created_at        timestamptz  NOT NULL,
  published_at      timestamptz,
  archived_at       timestamptz  NOT NULL
);

-- By period, and by aggregate. No publisher pays for these.
CREATE INDEX outbox_archived_events_created ON outbox_archived_events (created_at);
CREATE INDEX outbox_archived_events_of_aggregate ON outbox_archived_events (aggregate_id);

-- One row a lane. Free means lease_until has passed. Few rows, written often: space on the page for new versions of them.
CREATE TABLE outbox_lanes (
  lane        integer     PRIMARY KEY,
  token       bigint      NOT NULL DEFAULT 0,
  owner       varchar(200),
  lease_until timestamptz NOT NULL DEFAULT to_timestamp(0),
  -- No event of the lane at or below floor is PENDING, nor will be without a new revision. high becomes the floor when all
  -- transactions up to horizon have ended.
  floor       bigint      NOT NULL DEFAULT 0,
  high        bigint,
  horizon     bigint,
  revision    bigint      NOT NULL DEFAULT 0
) WITH (fillfactor = 10);

-- The number of rows is the number of lanes, for publishers and relays alike.
INSERT INTO outbox_lanes (lane) SELECT generate_series(0, 63);

-- What an operator has stopped until further notice: EVERYTHING (target is empty), a TOPIC or a LANE.
CREATE TABLE outbox_pauses (
  scope  varchar(10)  NOT NULL,
  target varchar(249) NOT NULL,
  since  timestamptz  NOT NULL DEFAULT now(),
  PRIMARY KEY (scope, target)
);

-- What operators have done, in their own words why. Lines are added and never changed, and deleted by retention alone, if it is told to; they hold no payloads.
CREATE TABLE outbox_audit (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recorded_at timestamptz  NOT NULL,
  operator    varchar(200) NOT NULL,
  action      varchar(30)  NOT NULL,
  subject     varchar(500) NOT NULL,
  -- null unless it is about one event
  event_id    uuid,
  reason      varchar(500) NOT NULL
);

-- Published events that are sent again: what operators have asked for, and how far it is. One process at a time runs a replay; it is
-- free when lease_until has passed.
CREATE TABLE outbox_replays (
  id                uuid          NOT NULL PRIMARY KEY,
  -- the conditions, as JSON
  plan              text          NOT NULL,
  up_to             bigint        NOT NULL,
  -- what was published by then is meant
  shown_at          timestamptz   NOT NULL,
  -- what the dry run has announced, and whether it had counted it or estimated
  expected          bigint        NOT NULL,
  exact             boolean       NOT NULL,
  replay_mode       varchar(9)    NOT NULL,
  -- names, with commas between them, of those who are to handle the events again
  consumers         varchar(1000) NOT NULL,
  events_per_second integer       NOT NULL,
  status            varchar(9)    NOT NULL,
  operator          varchar(200)  NOT NULL,
  started_at        timestamptz   NOT NULL,
  finished_at       timestamptz,
  token             bigint        NOT NULL DEFAULT 0,
  owner             varchar(200),
  lease_until       timestamptz   NOT NULL DEFAULT to_timestamp(0),
  -- everything that is meant up to it was acknowledged by the broker
  checkpoint        bigint        NOT NULL DEFAULT 0,
  sent              bigint        NOT NULL DEFAULT 0,
  last_error        text
);

-- Those that nobody has.
CREATE INDEX outbox_replays_free ON outbox_replays (status, lease_until);

-- One row. Its lock keeps a replay from starting while retention removes events; its secret signs what a dry run has shown.
CREATE TABLE outbox_replay_key (
  id     integer PRIMARY KEY,
  secret bytea
);
INSERT INTO outbox_replay_key (id) VALUES (1);

-- ShedLock's: which instance does what only one of them does at a time. Its times are in UTC.
CREATE TABLE outbox_shedlock (
  name       varchar(64)  PRIMARY KEY,
  lock_until timestamp(3) NOT NULL,
  locked_at  timestamp(3) NOT NULL,
  locked_by  varchar(255) NOT NULL
);

CREATE TABLE outbox_schema (
  version      integer     PRIMARY KEY,
  installed_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO outbox_schema (version) VALUES (1);
