-- The inbox: which consumer has handled which event. The row commits with the consumer's own change.
CREATE TABLE inbox_events (
  consumer   varchar(100) NOT NULL,
  event_id   uuid         NOT NULL,
  handled_at timestamptz  NOT NULL,
  PRIMARY KEY (consumer, event_id)
);

CREATE TABLE inbox_schema (
  version      integer     PRIMARY KEY,
  installed_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO inbox_schema (version) VALUES (1);
