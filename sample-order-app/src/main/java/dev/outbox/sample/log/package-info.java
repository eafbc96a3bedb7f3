/** What the lines of the log say about the request, the user and the order that they belong to. */
@NullMarked
package dev.outbox.sample.log;

import org.jspecify.annotations.NullMarked;
