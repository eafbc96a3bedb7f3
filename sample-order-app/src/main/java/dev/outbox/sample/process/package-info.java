/** What a process of this service does: all of it, or the part that it is deployed for. */
@NullMarked
package dev.outbox.sample.process;

import org.jspecify.annotations.NullMarked;
