/** Orders and the events they give rise to. */
@NullMarked
package dev.outbox.sample.order.domain;

import org.jspecify.annotations.NullMarked;
