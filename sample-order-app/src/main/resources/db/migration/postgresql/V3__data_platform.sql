-- What the mock of the data platform has taken: each event once, by its key.
CREATE TABLE mock_data_platform_orders (
  idempotency_key varchar(100) PRIMARY KEY,
  order_id        uuid         NOT NULL,
  event_type      varchar(100) NOT NULL,
  requests        integer      NOT NULL,
  received_at     timestamptz  NOT NULL
);
