/**
 * The inbox table and every SQL statement on it.
 */
@NullMarked
package dev.outbox.inbox.store;

import org.jspecify.annotations.NullMarked;
