/** Users over HTTP. */
@NullMarked
package dev.outbox.sample.user.api;

import org.jspecify.annotations.NullMarked;
