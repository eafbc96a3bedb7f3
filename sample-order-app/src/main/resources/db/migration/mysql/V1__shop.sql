-- Users, products, stock, orders and notifications. The tables of outbox and inbox are created by the library.
-- Times are in UTC. Text is compared byte by byte, so that keys and SKUs that differ only in case are different ones.
-- The address is in lower case, whatever was typed. The password is a hash.
CREATE TABLE users (
  id            bigint       NOT NULL AUTO_INCREMENT PRIMARY KEY,
  email         varchar(254) NOT NULL UNIQUE CHECK (email = lower(email)),
  password_hash varchar(255) NOT NULL,
  role          varchar(20)  NOT NULL,
  created_at    datetime(6)  NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

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

-- What a user has placed with which key. It outlives the order: both the orders and their archive refer to it.
CREATE TABLE order_keys (
  order_id        binary(16)   NOT NULL PRIMARY KEY,
  user_id         bigint       NOT NULL,
  idempotency_key varchar(100) NOT NULL,
  fingerprint     varchar(64)  NOT NULL,
  UNIQUE (user_id, idempotency_key),
  FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

CREATE TABLE orders (
  id         binary(16)     NOT NULL PRIMARY KEY,
  user_id    bigint         NOT NULL,
  status     varchar(20)    NOT NULL,
  total      decimal(18, 2) NOT NULL,
  version    bigint         NOT NULL,
  created_at datetime(6)    NOT NULL,
  closed_at  datetime(6),
  CHECK ((status = 'CREATED') = (closed_at IS NULL)),
  -- those of a user, the newest first
  KEY orders_user (user_id, created_at DESC, id),
  -- those that are to be archived, the first closed first
  KEY orders_closed (closed_at),
  FOREIGN KEY (id) REFERENCES order_keys (order_id),
  FOREIGN KEY (user_id) REFERENCES users (id)
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

-- Twins of the two before, for what was closed long ago.
CREATE TABLE orders_archive (
  id          binary(16)     NOT NULL PRIMARY KEY,
  user_id     bigint         NOT NULL,
  status      varchar(20)    NOT NULL,
  total       decimal(18, 2) NOT NULL,
  version     bigint         NOT NULL,
  created_at  datetime(6)    NOT NULL,
  closed_at   datetime(6)    NOT NULL,
  archived_at datetime(6)    NOT NULL,
  FOREIGN KEY (id) REFERENCES order_keys (order_id),
  FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

CREATE TABLE order_items_archive (
  order_id   binary(16)     NOT NULL,
  line       int            NOT NULL,
  product_id bigint         NOT NULL,
  quantity   int            NOT NULL,
  unit_price decimal(12, 2) NOT NULL,
  PRIMARY KEY (order_id, line),
  FOREIGN KEY (order_id) REFERENCES orders_archive (id),
  FOREIGN KEY (product_id) REFERENCES products (id)
) ENGINE = InnoDB;

-- order_id and user_id refer to no table: the consumer could have a database of its own
CREATE TABLE notifications (
  id         bigint       NOT NULL AUTO_INCREMENT PRIMARY KEY,
  event_id   binary(16)   NOT NULL UNIQUE,
  order_id   binary(16)   NOT NULL,
  user_id    bigint       NOT NULL,
  channel    varchar(20)  NOT NULL,
  message    varchar(500) NOT NULL,
  created_at datetime(6)  NOT NULL,
  KEY notifications_order (order_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;

-- ShedLock's: which instance runs a job. Its times are in UTC.
CREATE TABLE shedlock (
  name       varchar(64)  NOT NULL PRIMARY KEY,
  lock_until datetime(3)  NOT NULL,
  locked_at  datetime(3)  NOT NULL,
  locked_by  varchar(255) NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;
