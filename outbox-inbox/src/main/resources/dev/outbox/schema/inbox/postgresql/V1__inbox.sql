-- The inbox: which consumer has handled which event, and what came of it. The row commits with the consumer's own change.
CREATE TABLE inbox_events (
  consumer      varchar(100) NOT NULL,
  event_id      uuid         NOT NULL,
  -- of the replay that has the event handled once more; else empty
  replay_id     varchar(36)  NOT NULL,
  -- HANDLED, STALE, or of work without a transaction CLAIMED or FAILED, or DEAD_LETTER
  status        varchar(12)  NOT NULL,
  attempts      integer      NOT NULL,
  -- what the handler said, or why it failed
  result        varchar(2000),
  handled_at    timestamptz NOT NULL,
  -- until when nobody else begins the same work; of CLAIMED only
  claimed_until timestamptz,
  PRIMARY KEY (consumer, event_id, replay_id)
);
-- What retention looks for.
CREATE INDEX inbox_events_handled ON inbox_events (handled_at);

-- The latest version of an aggregate that a consumer has applied. Kept when events are forgotten.
CREATE TABLE inbox_versions (
  consumer          varchar(100) NOT NULL,
  aggregate_type    varchar(100) NOT NULL,
  aggregate_id      varchar(200) NOT NULL,
  aggregate_version bigint       NOT NULL,
  PRIMARY KEY (consumer, aggregate_type, aggregate_id)
);

CREATE TABLE inbox_schema (
  version      integer     PRIMARY KEY,
  installed_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO inbox_schema (version) VALUES (1);
