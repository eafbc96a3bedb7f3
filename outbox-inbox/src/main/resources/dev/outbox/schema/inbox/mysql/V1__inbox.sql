-- The inbox: which consumer has handled which event. The row commits with the consumer's own change.
-- Every statement may run again: MySQL ends a transaction with each of them. Names are compared byte by byte.
CREATE TABLE IF NOT EXISTS inbox_events (
  consumer   varchar(100) NOT NULL,
  event_id   binary(16)   NOT NULL,
  -- in UTC
  handled_at datetime(6)  NOT NULL,
  PRIMARY KEY (consumer, event_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

CREATE TABLE IF NOT EXISTS inbox_schema (
  version      int         NOT NULL PRIMARY KEY,
  installed_at datetime(6) NOT NULL DEFAULT (utc_timestamp(6))
) ENGINE = InnoDB;
INSERT IGNORE INTO inbox_schema (version) VALUES (1);
