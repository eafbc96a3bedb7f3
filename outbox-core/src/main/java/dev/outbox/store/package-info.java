/**
 * The tables and every SQL statement on them.
 */
@NullMarked
package dev.outbox.store;

import org.jspecify.annotations.NullMarked;
