/**
 * What every database has to give the outbox, as abstract tests; a database joins with a small subclass of each.
 */
@NullMarked
package dev.outbox.test.contract;

import org.jspecify.annotations.NullMarked;
