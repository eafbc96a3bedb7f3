-- The outbox: events on their way, and the lanes in which relays work. One row of outbox_events is one event.
CREATE TABLE IF NOT EXISTS outbox_events (
  -- The order of events. NO CACHE: numbers that are drawn ahead would be handed out late.
  seq               bigint GENERATED ALWAYS AS IDENTITY (NO CACHE) PRIMARY KEY,
  event_id          uuid         NOT NULL UNIQUE,
  lane              integer      NOT NULL,
  aggregate_type    varchar(100) NOT NULL,
  aggregate_id      varchar(200) NOT NULL,
  aggregate_version bigint,
  event_type        varchar(200) NOT NULL,
  topic             varchar(249) NOT NULL,
  content_type      varchar(100) NOT NULL,
  payload           blob         NOT NULL,
  headers           clob,
  encryption_key_id varchar(100),
  status            varchar(11)  NOT NULL,
  -- how many failures have counted towards quarantine
  attempts          integer      DEFAULT 0 NOT NULL,
  next_attempt_at   timestamp(6) with time zone,
  last_error        varchar(1000),
  failed_at         timestamp(6) with time zone,
  created_at        timestamp(6) with time zone NOT NULL,
  published_at      timestamp(6) with time zone,
  -- whether it holds later events of its key back; null when it is finished
  held              tinyint GENERATED ALWAYS AS
                      (CASE status WHEN 'PENDING' THEN 0 WHEN 'RETRYING' THEN 1 WHEN 'QUARANTINED' THEN 1 WHEN 'BLOCKED' THEN 1 END),
  CONSTRAINT outbox_events_only_retries_are_due CHECK ((next_attempt_at IS NOT NULL) = (status = 'RETRYING'))
);

-- What relays look for: pending events of a lane by their sequence, and retries by the time when they are due.
CREATE INDEX IF NOT EXISTS outbox_events_waiting ON outbox_events (status, lane, next_attempt_at, seq);
-- The first events of a key that are held, or pending.
CREATE INDEX IF NOT EXISTS outbox_events_of_key ON outbox_events (aggregate_id, aggregate_type, held, seq);

-- Finished events that retention has moved here, as they were. Each row is written once.
CREATE TABLE IF NOT EXISTS outbox_archived_events (
  seq               bigint       PRIMARY KEY,
  event_id          uuid         NOT NULL UNIQUE,
  lane              integer      NOT NULL,
  aggregate_type    varchar(100) NOT NULL,
  aggregate_id      varchar(200) NOT NULL,
  aggregate_version bigint,
  event_type        varchar(200) NOT NULL,
  topic             varchar(249) NOT NULL,
  content_type      varchar(100) NOT NULL,
  payload           blob         NOT NULL,
  headers           clob,
  encryption_key_id varchar(100),
  status            varchar(11)  NOT NULL,
  attempts          integer      NOT NULL,
  next_attempt_at   timestamp(6) with time zone,
  last_error        varchar(1000),
  failed_at         timestamp(6) with time zone,
  created_at        timestamp(6) with time zone NOT NULL,
  published_at      timestamp(6) with time zone,
  archived_at       timestamp(6) with time zone NOT NULL
);

-- By period, and by aggregate. No publisher pays for these.
CREATE INDEX IF NOT EXISTS outbox_archived_events_created ON outbox_archived_events (created_at);
CREATE INDEX IF NOT EXISTS outbox_archived_events_of_aggregate ON outbox_archived_events (aggregate_id);

-- One row a lane. Free means lease_until has passed.
CREATE TABLE IF NOT EXISTS outbox_lanes (
  lane        integer PRIMARY KEY,
  token       bigint  DEFAULT 0 NOT NULL,
  owner       varchar(200),
  lease_until timestamp(6) with time zone DEFAULT TIMESTAMP WITH TIME ZONE '1970-01-01 00:00:00+00' NOT NULL,
  -- Where a relay's scan of the lane starts. high becomes the floor a while after the time horizon, in microseconds.
  floor       bigint  DEFAULT 0 NOT NULL,
  high        bigint,
  horizon     bigint,
  revision    bigint  DEFAULT 0 NOT NULL
);

-- The number of rows is the number of lanes, for publishers and relays alike.
INSERT INTO outbox_lanes (lane)
SELECT x FROM system_range(0, 63) WHERE NOT EXISTS (SELECT 1 FROM outbox_lanes);

-- What an operator has stopped until further notice: EVERYTHING (target is empty), a TOPIC or a LANE.
CREATE TABLE IF NOT EXISTS outbox_pauses (
  scope  varchar(10)  NOT NULL,
  target varchar(249) NOT NULL,
  since  timestamp(6) with time zone DEFAULT current_timestamp(6) NOT NULL,
  PRIMARY KEY (scope, target)
);

-- What operators have done, in their own words why. Lines are added and never changed, and deleted by retention alone, if it is told to; they hold no payloads.
CREATE TABLE IF NOT EXISTS outbox_audit (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recorded_at timestamp(6) with time zone NOT NULL,
  operator    varchar(200) NOT NULL,
  action      varchar(30)  NOT NULL,
  subject     varchar(500) NOT NULL,
  -- null unless it is about one event
  event_id    uuid,
  reason      varchar(500) NOT NULL
);

-- Published events that are sent again: what operators have asked for, and how far it is. One process at a time runs a replay; it is
-- free when lease_until has passed.
CREATE TABLE IF NOT EXISTS outbox_replays (
  id                uuid                        NOT NULL PRIMARY KEY,
  -- the conditions, as JSON
  plan              clob                        NOT NULL,
  up_to             bigint                      NOT NULL,
  -- what was published by then is meant
  shown_at          timestamp(6) with time zone NOT NULL,
  -- what the dry run has announced, and whether it had counted it or estimated
  expected          bigint                      NOT NULL,
  exact             boolean                     NOT NULL,
  replay_mode       varchar(9)                  NOT NULL,
  -- names, with commas between them, of those who are to handle the events again
  consumers         varchar(1000)               NOT NULL,
  events_per_second integer                     NOT NULL,
  status            varchar(9)                  NOT NULL,
  operator          varchar(200)                NOT NULL,
  started_at        timestamp(6) with time zone NOT NULL,
  finished_at       timestamp(6) with time zone,
  token             bigint                      DEFAULT 0 NOT NULL,
  owner             varchar(200),
  lease_until       timestamp(6) with time zone DEFAULT TIMESTAMP WITH TIME ZONE '1970-01-01 00:00:00+00' NOT NULL,
  -- everything that is meant up to it was acknowledged by the broker
  checkpoint        bigint                      DEFAULT 0 NOT NULL,
  sent              bigint                      DEFAULT 0 NOT NULL,
  last_error        clob
);

-- Those that nobody has.
CREATE INDEX IF NOT EXISTS outbox_replays_free ON outbox_replays (status, lease_until);

-- One row. Its lock keeps a replay from starting while retention removes events; its secret signs what a dry run has shown.
CREATE TABLE IF NOT EXISTS outbox_replay_key (
  id     integer PRIMARY KEY,
  secret varbinary(32)
);
INSERT INTO outbox_replay_key (id) SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM outbox_replay_key);

-- ShedLock's: which instance does what only one of them does at a time.
CREATE TABLE IF NOT EXISTS outbox_shedlock (
  name       varchar(64)  PRIMARY KEY,
  lock_until timestamp(3) NOT NULL,
  locked_at  timestamp(3) NOT NULL,
  locked_by  varchar(255) NOT NULL
);

CREATE TABLE IF NOT EXISTS outbox_schema (
  version      integer PRIMARY KEY,
  installed_at timestamp(6) with time zone DEFAULT current_timestamp(6) NOT NULL
);
MERGE INTO outbox_schema (version) KEY (version) VALUES (1);
