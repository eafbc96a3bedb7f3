/** The operations of the outbox as a REST API. It checks what comes in and hands on to {@link dev.outbox.OutboxOperations}, {@link dev.outbox.OutboxReplays} and {@link dev.outbox.inbox.DeadLetters}, which know who may do what. */
@NullMarked
package dev.outbox.console;

import org.jspecify.annotations.NullMarked;
