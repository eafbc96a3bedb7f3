-- What the mock of the data platform has taken: each event once, by its key.
CREATE TABLE mock_data_platform_orders (
  idempotency_key varchar(100) NOT NULL PRIMARY KEY,
  order_id        binary(16)   NOT NULL,
  event_type      varchar(100) NOT NULL,
  requests        int          NOT NULL,
  received_at     datetime(6)  NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;
