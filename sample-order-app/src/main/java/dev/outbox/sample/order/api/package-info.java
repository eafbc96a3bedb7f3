/** Orders over HTTP. */
@NullMarked
package dev.outbox.sample.order.api;

import org.jspecify.annotations.NullMarked;
