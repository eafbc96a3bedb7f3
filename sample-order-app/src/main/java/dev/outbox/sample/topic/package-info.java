/** The topics of the shop's events. */
@NullMarked
package dev.outbox.sample.topic;

import org.jspecify.annotations.NullMarked;
