/**
 * Step 2, after the commit: claim a lane, read a batch, send it in waves, mark it, let the lane go.
 */
@NullMarked
package dev.outbox.relay;

import org.jspecify.annotations.NullMarked;
