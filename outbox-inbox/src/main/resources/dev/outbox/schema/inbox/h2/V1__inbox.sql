-- The inbox: which consumer has handled which event. The row commits with the consumer's own change.
CREATE TABLE IF NOT EXISTS inbox_events (
  consumer   varchar(100) NOT NULL,
  event_id   uuid         NOT NULL,
  handled_at timestamp(6) with time zone NOT NULL,
  PRIMARY KEY (consumer, event_id)
);

CREATE TABLE IF NOT EXISTS inbox_schema (
  version      integer PRIMARY KEY,
  installed_at timestamp(6) with time zone DEFAULT current_timestamp(6) NOT NULL
);
MERGE INTO inbox_schema (version) KEY (version) VALUES (1);
