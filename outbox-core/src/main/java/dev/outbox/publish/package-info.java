/**
 * Step 1, in the caller's transaction: check the message, fix its bytes, topic and lane, insert the row.
 */
@NullMarked
package dev.outbox.publish;

import org.jspecify.annotations.NullMarked;
