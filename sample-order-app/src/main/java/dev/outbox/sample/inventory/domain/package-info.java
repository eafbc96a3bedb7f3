/** Stock, as the business knows it. */
@NullMarked
package dev.outbox.sample.inventory.domain;

import org.jspecify.annotations.NullMarked;
