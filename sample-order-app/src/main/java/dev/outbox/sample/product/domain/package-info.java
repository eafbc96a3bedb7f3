/** Products, as the business knows them. */
@NullMarked
package dev.outbox.sample.product.domain;

import org.jspecify.annotations.NullMarked;
