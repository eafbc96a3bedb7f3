/**
 * The last step: finished events are deleted or moved to the archive after some time, and it is watched how the tables grow.
 */
@NullMarked
package dev.outbox.retention;

import org.jspecify.annotations.NullMarked;
