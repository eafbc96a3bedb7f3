-- Who likes what, once.
CREATE TABLE product_likes (
  user_id    bigint      NOT NULL REFERENCES users (id),
  product_id bigint      NOT NULL REFERENCES products (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, product_id)
);

-- What events have told of a product, added up. No CHECK of likes: the event of one that is taken back may come first.
-- product_id refers to no table: the consumer could have a database of its own
CREATE TABLE product_metrics (
  product_id bigint      PRIMARY KEY,
  likes      bigint      NOT NULL,
  sales      bigint      NOT NULL,
  views      bigint      NOT NULL,
  sold_outs  bigint      NOT NULL,
  updated_at timestamptz NOT NULL
);
