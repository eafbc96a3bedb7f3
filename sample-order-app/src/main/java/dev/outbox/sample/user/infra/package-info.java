/** Users in the database. */
@NullMarked
package dev.outbox.sample.user.infra;

import org.jspecify.annotations.NullMarked;
