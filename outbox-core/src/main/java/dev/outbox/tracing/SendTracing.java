package dev.outbox.tracing;

import dev.outbox.spi.EventSender;

/** Traces what a sender sends, without changing what becomes of it. */
@FunctionalInterface
public interface SendTracing {
    /** No tracing. */
    SendTracing OFF = sender -> sender;

    /** A sender that hands everything to {@code sender} and traces it. */
    EventSender around(EventSender sender);
}
