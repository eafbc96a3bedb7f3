/**
 * The tables of dead letters and held keys, and every SQL statement on them.
 */
@NullMarked
package dev.outbox.inbox.deadletter.store;

import org.jspecify.annotations.NullMarked;
