/**
 * What ties an event to the work that it is part of: the trace, and the names in the log.
 */
@NullMarked
package dev.outbox.tracing;

import org.jspecify.annotations.NullMarked;
