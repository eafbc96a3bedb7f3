/** Users, as the business knows them. */
@NullMarked
package dev.outbox.sample.user.domain;

import org.jspecify.annotations.NullMarked;
