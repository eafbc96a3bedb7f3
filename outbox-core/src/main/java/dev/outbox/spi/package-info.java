/**
 * Extension points: how a payload becomes bytes, and where events are sent.
 */
@NullMarked
package dev.outbox.spi;

import org.jspecify.annotations.NullMarked;
