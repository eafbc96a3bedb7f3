-- Products, stock, orders and notifications. The tables of outbox and inbox are created by the library.
-- Times are in UTC. Text is compared byte by byte, so that keys and SKUs that differ only in case are different ones.
CREATE TABLE products (
  id         bigint         NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sku        varchar(64)    NOT NULL UNIQUE,
  name       varchar(200)   NOT NULL,
  price      decimal(12, 2) NOT NULL CHECK (price >= 0),
  created_at datetime(6)    NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

CREATE TABLE stocks (
  product_id bigint NOT NULL PRIMARY KEY,
  quantity   int    NOT NULL CHECK (quantity >= 0),
  version    bigint NOT NULL,
  FOREIGN KEY (product_id) REFERENCES products (id)
) ENGINE = InnoDB;

CREATE TABLE orders (
  id              binary(16)     NOT NULL PRIMARY KEY,
  idempotency_key varchar(100)   NOT NULL UNIQUE,
  status          varchar(20)    NOT NULL,
  total           decimal(18, 2) NOT NULL,
  version         bigint         NOT NULL,
  created_at      datetime(6)    NOT NULL,
  -- the newest first
  KEY orders_created (created_at DESC, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

CREATE TABLE order_items (
  order_id   binary(16)     NOT NULL,
  line       int            NOT NULL,
  product_id bigint         NOT NULL,
  quantity   int            NOT NULL CHECK (quantity > 0),
  unit_price decimal(12, 2) NOT NULL,
  PRIMARY KEY (order_id, line),
  FOREIGN KEY (order_id) REFERENCES orders (id),
  FOREIGN KEY (product_id) REFERENCES products (id)
) ENGINE = InnoDB;

-- order_id refers to no table: the consumer could have a database of its own
CREATE TABLE notifications (
  id         bigint       NOT NULL AUTO_INCREMENT PRIMARY KEY,
  event_id   binary(16)   NOT NULL UNIQUE,
  order_id   binary(16)   NOT NULL,
  channel    varchar(20)  NOT NULL,
  message    varchar(500) NOT NULL,
  created_at datetime(6)  NOT NULL,
  KEY notifications_order (order_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;
