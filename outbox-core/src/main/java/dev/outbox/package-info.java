/**
 * What an application calls: {@link dev.outbox.OutboxPublisher} and the words it speaks.
 */
@NullMarked
package dev.outbox;

import org.jspecify.annotations.NullMarked;
