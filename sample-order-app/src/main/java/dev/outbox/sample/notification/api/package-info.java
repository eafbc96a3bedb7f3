/** Notifications over HTTP. */
@NullMarked
package dev.outbox.sample.notification.api;

import org.jspecify.annotations.NullMarked;
