package dev.outbox.inbox;

import dev.outbox.inbox.store.Delivery;
import dev.outbox.inbox.store.InboxStatus;
import dev.outbox.inbox.store.InboxStore;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.transaction.support.TransactionTemplate;

/** Work that holds no transaction: claimed in one, recorded in another. */
record ClaimedWork(InboxStore store, TransactionTemplate transaction, Decryption decryption) {
    private static final Logger log = LoggerFactory.getLogger(ClaimedWork.class);

    InboxOutcome perform(
            InboxConsumer consumer,
            InboxMessage message,
            Delivery delivery,
            Duration claim,
            Function<InboxMessage, @Nullable String> work) {
        OptionalInt claimed =
                Objects.requireNonNull(transaction.execute(status -> store.claim(consumer.name(), delivery, claim)));
        if (claimed.isEmpty()) return InboxOutcome.DUPLICATE;
        int attempt = claimed.getAsInt();
        if (attempt == 0) throw new InboxClaimedException(consumer, message);
        String result;
        try {
            result = work.apply(decryption.decrypt(message));
        } catch (RuntimeException e) {
            end(consumer, message, delivery, attempt, InboxStatus.FAILED, why(message, e));
            throw e;
        }
        end(consumer, message, delivery, attempt, InboxStatus.HANDLED, result);
        return InboxOutcome.HANDLED;
    }

    /** What is thrown over an encrypted event may quote it. */
    private static String why(InboxMessage message, RuntimeException failure) {
        Throwable cause = NestedExceptionUtils.getMostSpecificCause(failure);
        return message.encryptionKeyId() == null
                ? cause.toString()
                : cause.getClass().getName();
    }

    private void end(
            InboxConsumer consumer,
            InboxMessage message,
            Delivery delivery,
            int attempt,
            InboxStatus status,
            @Nullable String result) {
        Boolean ended =
                transaction.execute(current -> store.finish(consumer.name(), delivery, attempt, status, result));
        if (Boolean.TRUE.equals(ended)) return;
        log.warn(
                "'{}' took longer with {} than its claim, and the work has been begun again. Make the claim longer.",
                consumer.name(),
                message);
    }
}
