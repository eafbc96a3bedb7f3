/** Products over HTTP. */
@NullMarked
package dev.outbox.sample.product.api;

import org.jspecify.annotations.NullMarked;
