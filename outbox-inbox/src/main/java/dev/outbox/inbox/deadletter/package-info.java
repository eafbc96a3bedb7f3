/**
 * What becomes of records that fail: put aside in the dead-letter topic, followed by later events of their keys, and redriven from it.
 */
@NullMarked
package dev.outbox.inbox.deadletter;

import org.jspecify.annotations.NullMarked;
