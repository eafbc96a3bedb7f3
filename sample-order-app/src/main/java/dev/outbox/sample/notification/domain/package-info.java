/** Notifications, as the business knows them. */
@NullMarked
package dev.outbox.sample.notification.domain;

import org.jspecify.annotations.NullMarked;
