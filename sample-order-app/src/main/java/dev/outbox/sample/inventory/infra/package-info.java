/** The table of stocks. */
@NullMarked
package dev.outbox.sample.inventory.infra;

import org.jspecify.annotations.NullMarked;
