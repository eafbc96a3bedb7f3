/** The table of products. */
@NullMarked
package dev.outbox.sample.product.infra;

import org.jspecify.annotations.NullMarked;
