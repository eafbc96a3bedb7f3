/** What the application says and offers to somebody who starts it for the first time. */
@NullMarked
package dev.outbox.sample.guide;

import org.jspecify.annotations.NullMarked;
