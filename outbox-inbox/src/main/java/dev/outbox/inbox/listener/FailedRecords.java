package dev.outbox.inbox.listener;

import dev.outbox.inbox.InboxConsumer;
import dev.outbox.inbox.OnFailure;
import java.util.Map;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.util.backoff.ExponentialBackOff;

/** Tries again until it works. */
public final class FailedRecords {
    CommonErrorHandler errorHandler(InboxConsumer consumer, OnFailure policy) {
        ExponentialBackOff pauses = new ExponentialBackOff(200, 2);
        pauses.setMaxInterval(10_000);
        DefaultErrorHandler handler = new DefaultErrorHandler(pauses);
        handler.setClassifications(Map.of(), true);
        return handler;
    }
}
