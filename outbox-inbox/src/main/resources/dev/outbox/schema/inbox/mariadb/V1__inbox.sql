-- The inbox: which consumer has handled which event, and what came of it. The row commits with the consumer's own change.
-- Every statement may run again: MariaDB ends a transaction with each of them. Names are compared byte by byte.
CREATE TABLE IF NOT EXISTS inbox_events (
  consumer      varchar(100) NOT NULL,
  event_id      binary(16)   NOT NULL,
  -- of the replay that has the event handled once more; else empty
  replay_id     varchar(36)  NOT NULL,
  -- HANDLED, STALE, or of work without a transaction CLAIMED or FAILED, or DEAD_LETTER, DISCARDED
  status        varchar(12)  NOT NULL,
  attempts      integer      NOT NULL,
  -- what the handler said, or why it failed
  result        varchar(2000),
  -- times are in UTC
  handled_at    datetime(6) NOT NULL,
  -- until when nobody else begins the same work; of CLAIMED only
  claimed_until datetime(6),
  PRIMARY KEY (event_id, consumer, replay_id),
  -- what retention looks for
  KEY handled (handled_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- The latest version of an aggregate that a consumer has applied. Kept when events are forgotten.
CREATE TABLE IF NOT EXISTS inbox_versions (
  consumer          varchar(100) NOT NULL,
  aggregate_type    varchar(100) NOT NULL,
  aggregate_id      varchar(200) NOT NULL,
  aggregate_version bigint       NOT NULL,
  PRIMARY KEY (consumer, aggregate_type, aggregate_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- What a consumer could not handle, and later events of the same keys: copies of them lie in a dead-letter topic until somebody redrives or discards them.
CREATE TABLE IF NOT EXISTS inbox_dead_letters (
  -- The order in which they came.
  position          bigint        NOT NULL AUTO_INCREMENT PRIMARY KEY,
  consumer          varchar(100)  NOT NULL,
  event_id          binary(16)    NOT NULL,
  -- of the replay that was to have it handled once more; else empty
  replay_id         varchar(36)   NOT NULL,
  -- these three are empty for a record that is no outbox event
  aggregate_type    varchar(100)  NOT NULL,
  aggregate_id      varchar(200)  NOT NULL,
  event_type        varchar(200)  NOT NULL,
  -- where the record was, and where its copy is
  source_topic      varchar(249)  NOT NULL,
  source_partition  int           NOT NULL,
  source_offset     bigint        NOT NULL,
  copy_topic        varchar(249)  NOT NULL,
  copy_partition    int           NOT NULL,
  copy_offset       bigint        NOT NULL,
  attempts          int           NOT NULL,
  error             varchar(2000) NOT NULL,
  -- it was never tried: it only waits behind another one of its key
  follower          boolean       NOT NULL,
  failed_at         datetime(6)   NOT NULL,
  UNIQUE KEY event (consumer, event_id, replay_id),
  KEY of_consumer (consumer, position),
  KEY of_key (consumer, aggregate_type, aggregate_id, position)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- The keys whose later events follow to the dead-letter topic. Whoever adds to a key's dead letters or takes from them holds the lock of its row.
CREATE TABLE IF NOT EXISTS inbox_held_keys (
  consumer       varchar(100) NOT NULL,
  aggregate_type varchar(100) NOT NULL,
  aggregate_id   varchar(200) NOT NULL,
  since          datetime(6)  NOT NULL,
  PRIMARY KEY (consumer, aggregate_type, aggregate_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- What operators have done with dead letters, and why, where the application has no outbox whose audit trail keeps it: added to, never changed.
CREATE TABLE IF NOT EXISTS inbox_audit (
  id          bigint       NOT NULL AUTO_INCREMENT PRIMARY KEY,
  recorded_at datetime(6)  NOT NULL,
  operator    varchar(200) NOT NULL,
  action      varchar(30)  NOT NULL,
  subject     varchar(500) NOT NULL,
  -- null unless it is about one event
  event_id    binary(16),
  reason      varchar(500) NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

-- ShedLock's: which instance forgets what was handled long ago. Its times are in UTC.
CREATE TABLE IF NOT EXISTS inbox_shedlock (
  name       varchar(64)  NOT NULL PRIMARY KEY,
  lock_until datetime(3)  NOT NULL,
  locked_at  datetime(3)  NOT NULL,
  locked_by  varchar(255) NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE IF NOT EXISTS inbox_schema (
  version      int         NOT NULL PRIMARY KEY,
  installed_at datetime(6) NOT NULL DEFAULT (utc_timestamp(6))
) ENGINE = InnoDB;
INSERT IGNORE INTO inbox_schema (version) VALUES (1);
