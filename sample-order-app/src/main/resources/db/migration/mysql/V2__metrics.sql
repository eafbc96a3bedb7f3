-- Times are in UTC.

-- Who likes what, once.
CREATE TABLE product_likes (
  user_id    bigint      NOT NULL,
  product_id bigint      NOT NULL,
  created_at datetime(6) NOT NULL DEFAULT (utc_timestamp(6)),
  PRIMARY KEY (user_id, product_id),
  FOREIGN KEY (user_id) REFERENCES users (id),
  FOREIGN KEY (product_id) REFERENCES products (id)
) ENGINE = InnoDB;

-- What events have told of a product, added up. No CHECK of likes: the event of one that is taken back may come first.
-- product_id refers to no table: the consumer could have a database of its own
CREATE TABLE product_metrics (
  product_id bigint      NOT NULL PRIMARY KEY,
  likes      bigint      NOT NULL,
  sales      bigint      NOT NULL,
  views      bigint      NOT NULL,
  sold_outs  bigint      NOT NULL,
  updated_at datetime(6) NOT NULL
) ENGINE = InnoDB;
