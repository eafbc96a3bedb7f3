/** An ordinary order service: what it does is in its features, how it tells others of it is the outbox. */
@NullMarked
package dev.outbox.sample;

import org.jspecify.annotations.NullMarked;
