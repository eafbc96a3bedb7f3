/** What can be done with products; the transactions are here. */
@NullMarked
package dev.outbox.sample.product.application;

import org.jspecify.annotations.NullMarked;
