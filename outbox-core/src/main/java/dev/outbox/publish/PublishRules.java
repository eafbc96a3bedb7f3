package dev.outbox.publish;

import dev.outbox.encryption.EncryptionPolicy;
import dev.outbox.tracing.PublishTracing;

/**
 * What a publisher makes of messages.
 *
 * @param limits what they may look like
 * @param routing where they go
 * @param encryption which payloads are encrypted
 * @param tracing takes the trace of the caller along
 * @param requestIds whether the id of the request that the caller is working on, {@code requestId} in SLF4J's MDC, goes along as the header {@code requestid}
 */
public record PublishRules(
        MessageLimits limits,
        TopicRouting routing,
        EncryptionPolicy encryption,
        PublishTracing tracing,
        boolean requestIds) {
    /** Without tracing, and with request ids. */
    public PublishRules(MessageLimits limits, TopicRouting routing, EncryptionPolicy encryption) {
        this(limits, routing, encryption, PublishTracing.OFF, true);
    }
}
