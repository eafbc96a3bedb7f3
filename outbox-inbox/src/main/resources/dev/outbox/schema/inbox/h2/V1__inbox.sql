-- The inbox: which consumer has handled which event, and what came of it. The row commits with the consumer's own change.
CREATE TABLE IF NOT EXISTS inbox_events (
  consumer      varchar(100) NOT NULL,
  event_id      uuid         NOT NULL,
  -- of the replay that has the event handled once more; else empty
  replay_id     varchar(36)  NOT NULL,
  -- HANDLED, STALE, or of work without a transaction CLAIMED or FAILED, or DEAD_LETTER, DISCARDED
  status        varchar(12)  NOT NULL,
  attempts      integer      NOT NULL,
  -- what the handler said, or why it failed
  result        varchar(2000),
  handled_at    timestamp(6) with time zone NOT NULL,
  -- until when nobody else begins the same work; of CLAIMED only
  claimed_until timestamp(6) with time zone,
  PRIMARY KEY (event_id, consumer, replay_id)
);
-- What retention looks for.
CREATE INDEX IF NOT EXISTS inbox_events_handled ON inbox_events (handled_at);

-- The latest version of an aggregate that a consumer has applied. Kept when events are forgotten.
CREATE TABLE IF NOT EXISTS inbox_versions (
  consumer          varchar(100) NOT NULL,
  aggregate_type    varchar(100) NOT NULL,
  aggregate_id      varchar(200) NOT NULL,
  aggregate_version bigint       NOT NULL,
  PRIMARY KEY (consumer, aggregate_type, aggregate_id)
);

-- What a consumer could not handle, and later events of the same keys: copies of them lie in a dead-letter topic until somebody redrives or discards them.
CREATE TABLE IF NOT EXISTS inbox_dead_letters (
  -- The order in which they came. NO CACHE: numbers that are drawn ahead would be handed out late.
  position          bigint GENERATED ALWAYS AS IDENTITY (NO CACHE) PRIMARY KEY,
  consumer          varchar(100)  NOT NULL,
  event_id          uuid          NOT NULL,
  -- of the replay that was to have it handled once more; else empty
  replay_id         varchar(36)   NOT NULL,
  -- these three are empty for a record that is no outbox event
  aggregate_type    varchar(100)  NOT NULL,
  aggregate_id      varchar(200)  NOT NULL,
  event_type        varchar(200)  NOT NULL,
  -- where the record was, and where its copy is
  source_topic      varchar(249)  NOT NULL,
  source_partition  integer       NOT NULL,
  source_offset     bigint        NOT NULL,
  copy_topic        varchar(249)  NOT NULL,
  copy_partition    integer       NOT NULL,
  copy_offset       bigint        NOT NULL,
  attempts          integer       NOT NULL,
  error             varchar(2000) NOT NULL,
  -- it was never tried: it only waits behind another one of its key
  follower          boolean       NOT NULL,
  failed_at         timestamp(6) with time zone NOT NULL,
  UNIQUE (consumer, event_id, replay_id)
);

CREATE INDEX IF NOT EXISTS inbox_dead_letters_of_consumer ON inbox_dead_letters (consumer, position);
CREATE INDEX IF NOT EXISTS inbox_dead_letters_of_key ON inbox_dead_letters (consumer, aggregate_type, aggregate_id, position);

-- The keys whose later events follow to the dead-letter topic. Whoever adds to a key's dead letters or takes from them holds the lock of its row.
CREATE TABLE IF NOT EXISTS inbox_held_keys (
  consumer       varchar(100) NOT NULL,
  aggregate_type varchar(100) NOT NULL,
  aggregate_id   varchar(200) NOT NULL,
  since          timestamp(6) with time zone NOT NULL,
  PRIMARY KEY (consumer, aggregate_type, aggregate_id)
);

-- What operators have done with dead letters, and why, where the application has no outbox whose audit trail keeps it: added to, never changed.
CREATE TABLE IF NOT EXISTS inbox_audit (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recorded_at timestamp(6) with time zone NOT NULL,
  operator    varchar(200) NOT NULL,
  action      varchar(30)  NOT NULL,
  subject     varchar(500) NOT NULL,
  -- null unless it is about one event
  event_id    uuid,
  reason      varchar(500) NOT NULL
);

-- ShedLock's: which instance forgets what was handled long ago. Its times are in UTC.
CREATE TABLE IF NOT EXISTS inbox_shedlock (
  name       varchar(64)  PRIMARY KEY,
  lock_until timestamp(3) NOT NULL,
  locked_at  timestamp(3) NOT NULL,
  locked_by  varchar(255) NOT NULL
);

CREATE TABLE IF NOT EXISTS inbox_schema (
  version      integer PRIMARY KEY,
  installed_at timestamp(6) with time zone DEFAULT current_timestamp(6) NOT NULL
);
MERGE INTO inbox_schema (version) KEY (version) VALUES (1);
