/**
 * Extension points: how a payload becomes bytes and an object again, and where events are sent.
 */
@NullMarked
package dev.outbox.spi;

import org.jspecify.annotations.NullMarked;
