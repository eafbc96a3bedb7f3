/** What operators see of the inbox. */
@NullMarked
package dev.outbox.inbox.operate;

import org.jspecify.annotations.NullMarked;
