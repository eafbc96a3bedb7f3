/** The tables of products and of likes, the cache, and when views are stored. */
@NullMarked
package dev.outbox.sample.product.infra;

import org.jspecify.annotations.NullMarked;
