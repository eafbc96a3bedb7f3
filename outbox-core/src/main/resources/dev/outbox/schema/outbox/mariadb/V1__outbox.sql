-- The outbox: events on their way, and the lanes in which relays work. One row of outbox_events is one event.
-- Every statement may run again: MariaDB ends a transaction with each of them. Names are compared byte by byte, so that Abc and abc are two keys.
CREATE TABLE IF NOT EXISTS outbox_events (
  -- The order of events.
  seq               bigint       NOT NULL AUTO_INCREMENT PRIMARY KEY,
  event_id          binary(16)   NOT NULL,
  lane              int          NOT NULL,
  aggregate_type    varchar(100) NOT NULL,
  aggregate_id      varchar(200) NOT NULL,
  aggregate_version bigint,
  event_type        varchar(200) NOT NULL,
  topic             varchar(249) NOT NULL,
  content_type      varchar(100) NOT NULL,
  payload           longblob     NOT NULL,
  headers           longtext,
  encryption_key_id varchar(100),
  status            enum ('PENDING', 'RETRYING', 'QUARANTINED', 'BLOCKED', 'PUBLISHED', 'DISCARDED') NOT NULL,
  -- how many failures have counted towards quarantine
  attempts          int          NOT NULL DEFAULT 0,
  -- times are in UTC
  next_attempt_at   datetime(6),
  last_error        text,
  failed_at         datetime(6),
  created_at        datetime(6)  NOT NULL,
  published_at      datetime(6),
  -- whether it holds later events of its key back; null when it is finished
  held              tinyint GENERATED ALWAYS AS
                      (CASE status WHEN 'PENDING' THEN 0 WHEN 'RETRYING' THEN 1 WHEN 'QUARANTINED' THEN 1 WHEN 'BLOCKED' THEN 1 END) STORED,
  UNIQUE KEY event_id (event_id),
  -- What relays look for: pending events of a lane by their sequence, and retries by the time when they are due.
  KEY waiting (status, lane, next_attempt_at, seq),
  -- The first events of a key that are held, or pending.
  KEY of_key (aggregate_id, aggregate_type, held, seq),
  -- the index of what waits relies on it
  CONSTRAINT outbox_events_only_retries_are_due CHECK ((next_attempt_at IS NOT NULL) = (status = 'RETRYING'))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- Finished events that retention has moved here, as they were. Each row is written once.
CREATE TABLE IF NOT EXISTS outbox_archived_events (
  seq               bigint       NOT NULL PRIMARY KEY,
  event_id          binary(16)   NOT NULL,
  lane              int          NOT NULL,
  aggregate_type    varchar(100) NOT NULL,
  aggregate_id      varchar(200) NOT NULL,
  aggregate_version bigint,
  event_type        varchar(200) NOT NULL,
  topic             varchar(249) NOT NULL,
  content_type      varchar(100) NOT NULL,
  payload           longblob     NOT NULL,
  headers           longtext,
  encryption_key_id varchar(100),
  status            enum ('PENDING', 'RETRYING', 'QUARANTINED', 'BLOCKED', 'PUBLISHED', 'DISCARDED') NOT NULL,
  attempts          int          NOT NULL,
  next_attempt_at   datetime(6),
  last_error        text,
  failed_at         datetime(6),
  created_at        datetime(6)  NOT NULL,
  published_at      datetime(6),
  archived_at       datetime(6)  NOT NULL,
  UNIQUE KEY event_id (event_id),
  -- By period, and by aggregate. No publisher pays for these.
  KEY created (created_at),
  KEY of_aggregate (aggregate_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- One row a lane. Free means lease_until has passed.
CREATE TABLE IF NOT EXISTS outbox_lanes (
  lane        int         NOT NULL PRIMARY KEY,
  token       bigint      NOT NULL DEFAULT 0,
  owner       varchar(200),
  lease_until datetime(6) NOT NULL DEFAULT '1970-01-01 00:00:00',
  -- Where a relay's scan of the lane starts. high becomes the floor a while after the time horizon, in microseconds.
  floor       bigint      NOT NULL DEFAULT 0,
  high        bigint,
  horizon     bigint,
  revision    bigint      NOT NULL DEFAULT 0
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- The number of rows is the number of lanes, for publishers and relays alike.
INSERT IGNORE INTO outbox_lanes (lane)
WITH RECURSIVE lanes (lane) AS (SELECT 0 UNION ALL SELECT lane + 1 FROM lanes WHERE lane < 63)
SELECT lane FROM lanes;

-- What an operator has stopped until further notice: EVERYTHING (target is empty), a TOPIC or a LANE.
CREATE TABLE IF NOT EXISTS outbox_pauses (
  scope  varchar(10)  NOT NULL,
  target varchar(249) NOT NULL,
  since  datetime(6)  NOT NULL DEFAULT (utc_timestamp(6)),
  PRIMARY KEY (scope, target)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- What operators have done, in their own words why. Lines are added and never changed, and deleted by retention alone, if it is told to; they hold no payloads.
CREATE TABLE IF NOT EXISTS outbox_audit (
  id          bigint       NOT NULL AUTO_INCREMENT PRIMARY KEY,
  recorded_at datetime(6)  NOT NULL,
  operator    varchar(200) NOT NULL,
  action      varchar(30)  NOT NULL,
  subject     varchar(500) NOT NULL,
  -- null unless it is about one event
  event_id    binary(16),
  reason      varchar(500) NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- Published events that are sent again: what operators have asked for, and how far it is. One process at a time runs a replay; it is
-- free when lease_until has passed.
CREATE TABLE IF NOT EXISTS outbox_replays (
  id                binary(16)    NOT NULL PRIMARY KEY,
  -- the conditions, as JSON
  plan              longtext      NOT NULL,
  up_to             bigint        NOT NULL,
  -- what was published by then is meant
  shown_at          datetime(6)   NOT NULL,
  -- what the dry run has announced, and whether it had counted it or estimated
  expected          bigint        NOT NULL,
  exact             boolean       NOT NULL,
  replay_mode       varchar(9)    NOT NULL,
  -- names, with commas between them, of those who are to handle the events again
  consumers         varchar(1000) NOT NULL,
  events_per_second int           NOT NULL,
  status            varchar(9)    NOT NULL,
  operator          varchar(200)  NOT NULL,
  started_at        datetime(6)   NOT NULL,
  finished_at       datetime(6),
  token             bigint        NOT NULL DEFAULT 0,
  owner             varchar(200),
  lease_until       datetime(6)   NOT NULL DEFAULT '1970-01-01 00:00:00',
  -- everything that is meant up to it was acknowledged by the broker
  checkpoint        bigint        NOT NULL DEFAULT 0,
  sent              bigint        NOT NULL DEFAULT 0,
  last_error        longtext,
  -- Those that nobody has.
  KEY free (status, lease_until)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- One row. Its lock keeps a replay from starting while retention removes events; its secret signs what a dry run has shown.
CREATE TABLE IF NOT EXISTS outbox_replay_key (
  id     int NOT NULL PRIMARY KEY,
  secret varbinary(32)
) ENGINE = InnoDB;
INSERT IGNORE INTO outbox_replay_key (id) VALUES (1);

-- ShedLock's: which instance does what only one of them does at a time. Its times are in UTC.
CREATE TABLE IF NOT EXISTS outbox_shedlock (
  name       varchar(64)  NOT NULL PRIMARY KEY,
  lock_until datetime(3)  NOT NULL,
  locked_at  datetime(3)  NOT NULL,
  locked_by  varchar(255) NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS outbox_schema (
  version      int         NOT NULL PRIMARY KEY,
  installed_at datetime(6) NOT NULL DEFAULT (utc_timestamp(6))
) ENGINE = InnoDB;
INSERT IGNORE INTO outbox_schema (version) VALUES (1);
